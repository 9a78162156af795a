package io.meridiandb.paxos.log;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.paxos.LogEntry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log of one server on its disk: segments with checksums, one force for everything that waits,
 * recovery, reuse of segments behind the checkpoints.
 *
 * <p>Two strands: the server strand, on which all methods are called and completions run, keeps
 * where each entry is; the log's own blocking strand writes, forces and reads files.
 *
 * <p>A full disk is met only when a further segment is preallocated. Then {@link #full} is true:
 * leaders take no new commands. What is under way, promises and leases still become durable, in the
 * segment in use and then in a reserve, during which followers take no entries; if that is used up
 * too they wait. Nothing is lost, and all goes on when there is room again (reliability T25).
 */
public final class WriteAheadLog implements Log {
  private final Strand server;
  private final Strand disk;
  private final LogFiles files;
  private final LogOptions options;
  private final Consumer<LogFailedException> onFailure;
  private final RecoveredLog recovered;
  private final LogWriter writer;
  private final SortedMap<GroupId, EntryIndex> groups = new TreeMap<>();
  private final Deque<Cached> cached = new ArrayDeque<>();
  private long cachedBytes;
  private boolean closed;

  /**
   * Whose log to open.
   *
   * @param universe the universe the server belongs to; a log of another one is refused
   * @param server whose log it is; that of another one is refused
   * @param options sizes
   */
  public record Owner(UniverseId universe, ServerId server, LogOptions options) {}

  private WriteAheadLog(
      Env env, Owner owner, Strands strands, LogRecovery found, Consumer<LogFailedException> fail) {
    this.server = strands.server();
    this.disk = strands.disk();
    this.files = new LogFiles(env.disk(), owner.universe(), owner.server());
    this.options = owner.options();
    this.onFailure = fail;
    this.recovered = found.hard().recovered(found.entries());
    this.writer = new LogWriter(env, disk, files, options, found, new Completions());
    recovered
        .groups()
        .forEach((id, group) -> groups.put(id, found.entries().index(id, group.baseIndex())));
  }

  private record Strands(Strand server, Strand disk) {}

  /** An entry that is in memory, and the index that it stands in, or stood in. */
  private record Cached(EntryIndex index, EntryIndex.Slot slot) {}

  /**
   * Opens the log in the data folder, or makes one; the future completes on the server strand once
   * everything found is durable and the log takes records.
   *
   * @param env the server's environment
   * @param owner whose log
   * @param server the server strand
   * @param onFailure told on the server strand when a write or force has failed: the server must
   *     stop
   * @return fails with {@link LogDamagedException} if the log must not be used, with an {@link
   *     IOException} if it cannot be read; waits while the disk has no room for a segment, and an
   *     event says so
   */
  public static CompletableFuture<WriteAheadLog> open(
      Env env, Owner owner, Strand server, Consumer<LogFailedException> onFailure) {
    CompletableFuture<WriteAheadLog> opened = new CompletableFuture<>();
    Strand disk = env.strands().createBlocking("log");
    disk.execute(() -> {
      try {
        LogFiles files = new LogFiles(env.disk(), owner.universe(), owner.server());
        LogRecovery found = LogRecovery.run(env, files, owner.options());
        Consumer<LogFailedException> failure =
            reason -> {
              if (!opened.completeExceptionally(reason)) {
                onFailure.accept(reason);
              }
            };
        WriteAheadLog log =
            new WriteAheadLog(env, owner, new Strands(server, disk), found, failure);
        log.writer.start(() -> server.execute(() -> opened.complete(log)));
      } catch (IOException | RuntimeException e) {
        server.execute(() -> opened.completeExceptionally(e));
      }
    });
    return opened;
  }

  @Override
  public RecoveredLog recovered() {
    return recovered;
  }

  @Override
  public void taken(GroupId group) {
    recovered.groups().computeIfPresent(group, (id, found) -> found.withoutEntries());
  }

  @Override
  public boolean full() {
    return writer.full();
  }

  @Override
  public boolean exhausted() {
    return writer.exhausted();
  }

  @Override
  public void append(List<LogRecord> batch, Runnable onDurable) {
    Invariants.check(!closed, "the log is closed");
    List<EntryIndex.Slot> slots = new ArrayList<>();
    for (LogRecord each : batch) {
      switch (each) {
        case LogRecord.Append append -> slots.add(append(index(append.group()), append.entry()));
        case LogRecord.Restamp r -> index(r.group()).restamp(r.ballot(), r.from(), r.to());
        case LogRecord.CutSuffix cut -> index(cut.group()).cutSuffix(cut.lastKept());
        case LogRecord.CutPrefix cut -> index(cut.group()).cutPrefix(cut.lastDropped());
        case LogRecord.Closed gone -> groups.put(gone.group(), new EntryIndex(0));
        case LogRecord.Promise _,
            LogRecord.Commit _,
            LogRecord.Members _,
            LogRecord.VoteFloor _,
            LogRecord.LeaseBound _,
            LogRecord.TimeMark _ -> {}
      }
    }
    writer.submit(new LogWriter.Submission(batch, slots, onDurable));
  }

  @Override
  public CompletableFuture<List<LogEntry>> read(GroupId group, long from, long to, long bytesMax) {
    List<LogEntry> entries = new ArrayList<>();
    List<EntryReader.Wanted> wanted = new ArrayList<>();
    long bytes = 0;
    for (EntryIndex.Slot slot : index(group).range(from, to)) {
      bytes += slot.payloadBytes;
      if (bytes > bytesMax && !entries.isEmpty()) {
        break;
      }
      LogEntry entry = slot.entry;
      entries.add(entry == null ? EntryReader.PLACE_HOLDER : entry.stamped(slot.ballot));
      if (entry == null) {
        wanted.add(new EntryReader.Wanted(entries.size() - 1, slot));
      }
    }
    if (wanted.isEmpty()) {
      return CompletableFuture.completedFuture(entries);
    }
    CompletableFuture<List<LogEntry>> result = new CompletableFuture<>();
    disk.execute(() -> {
      try {
        boolean all = new EntryReader(writer.segments()).fill(group, wanted, entries);
        server.execute(() -> result.complete(all ? entries : List.of()));
      } catch (IOException | RuntimeException e) {
        server.execute(() -> result.completeExceptionally(e));
      }
    });
    return result;
  }

  /**
   * Writes and forces what is queued, with a last mark that proves it durable, and closes the
   * files. Completes on the server strand.
   */
  public CompletableFuture<Void> close() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (closed) {
      done.complete(null);
      return done;
    }
    closed = true;
    writer.submit(new LogWriter.Submission(List.of(), List.of(), () -> {}));
    writer.close(() -> {
      IOException failure = null;
      for (Segment segment : writer.segments()) {
        try {
          segment.file.close();
        } catch (IOException e) {
          failure = e;
        }
      }
      complete(done, failure);
    });
    return done;
  }

  private void complete(CompletableFuture<Void> future, @Nullable IOException failure) {
    server.execute(() -> {
      if (failure == null) {
        future.complete(null);
      } else {
        future.completeExceptionally(failure);
      }
    });
  }

  private EntryIndex index(GroupId group) {
    return groups.computeIfAbsent(group, id -> new EntryIndex(recovered.group(id).baseIndex()));
  }

  private EntryIndex.Slot append(EntryIndex index, LogEntry entry) {
    EntryIndex.Slot slot = index.append(entry);
    cached.addLast(new Cached(index, slot));
    cachedBytes += bytesOf(slot);
    return slot;
  }

  private static long bytesOf(EntryIndex.Slot slot) {
    return (long) slot.payloadBytes + LogEntry.OVERHEAD_BYTES;
  }

  /** Entries leave memory oldest first, but not before they can be read from the disk. */
  private void trimCache() {
    while (cachedBytes > options.cacheBytes() && cached.getFirst().slot.position != null) {
      Cached oldest = cached.removeFirst();
      cachedBytes -= bytesOf(oldest.slot);
      oldest.index.leavesMemory(oldest.slot);
    }
  }

  /** What the log's strand has to say, carried over to the server strand. */
  private final class Completions implements LogWriter.Listener {
    @Override
    public void durable(List<LogWriter.Submission> batch) {
      server.execute(() -> {
        for (LogWriter.Submission each : batch) {
          for (EntryIndex.Slot slot : each.slots) {
            slot.position = each.position;
          }
          each.onDurable.run();
        }
        trimCache();
      });
    }

    @Override
    public void failed(LogFailedException reason) {
      server.execute(() -> onFailure.accept(reason));
    }
  }
}
