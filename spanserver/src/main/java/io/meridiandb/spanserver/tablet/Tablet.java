package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.disk.DiskFullException;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.participant.VersionStore;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one replica of a group: for every key all versions that a read may still ask for
 * (Spanner OSDI'12 2.1). New versions go to a memtable; now and then it becomes an immutable B-tree
 * file, and several files become one. The group's log is the only redo log: what was not flushed is
 * applied again after a restart.
 *
 * <p>One strand applies entries; reads may come from any thread and never wait for writers. Files
 * are built on a blocking strand, one job at a time.
 */
public final class Tablet implements VersionStore {
  /** How long a flush waits before it tries a full disk again. */
  static final Duration DISK_FULL_RETRY = Duration.ofSeconds(5);

  private final Env env;
  private final Strand strand;
  private final TabletFolder folder;
  private final TabletOptions options;
  private final TabletHost host;
  private final JobRunner runner;

  private volatile View view;
  private Manifest manifest;
  private long appliedIndex;
  private @Nullable TabletJob job;
  private boolean flushWanted;
  private boolean flushDue;
  private boolean flushScheduled;
  private boolean stopped;

  private Tablet(
      Env env, Strand strand, TabletFolder folder, TabletOptions options, TabletHost host)
      throws IOException {
    this.env = env;
    this.strand = strand;
    this.folder = folder;
    this.options = options;
    this.host = host;
    runner = new JobRunner(env, folder, options);
    manifest = folder.read();
    folder.deleteLeftovers(manifest);
    appliedIndex = manifest.flushedIndex();
    List<Run> runs = new ArrayList<>();
    for (List<FileInfo> run : manifest.runs()) {
      List<TabletFile> files = new ArrayList<>();
      for (FileInfo info : run) {
        files.add(TabletFile.open(folder.disk, folder.path, info));
      }
      runs.add(new Run(files));
    }
    view = new View(new Memtable(), null, runs, manifest.horizon());
  }

  /**
   * Opens a tablet, or makes an empty one. Reads all its files once to check them, so not on a
   * strand that must not block.
   *
   * @param env the server's environment
   * @param strand applies entries and gets the host's calls
   * @param folder in the data folder, such as {@code tablet/0}; of this tablet alone
   * @throws TabletDamagedException if a file or the manifest is damaged; a damaged file is put
   *     aside
   * @throws IOException if the disk cannot be read
   */
  public static Tablet open(
      Env env, Strand strand, String folder, TabletOptions options, TabletHost host)
      throws IOException {
    return new Tablet(env, strand, new TabletFolder(env.disk(), folder), options, host);
  }

  /** The last entry that a durable checkpoint holds: entries above it must be applied again. */
  public long flushedIndex() {
    return manifest.flushedIndex();
  }

  /** The last entry applied. */
  public long appliedIndex() {
    return appliedIndex;
  }

  /** What {@link TabletHost#state} gave for the last checkpoint; empty for a new tablet. */
  public byte[] checkpointState() {
    return manifest.state();
  }

  /**
   * Applies the entry {@code index}. On the strand, in the order of the log, once each. A
   * checkpoint that this makes due begins in a later task of the strand, so that the caller can
   * first bring the rest of the group's state up to the same entry.
   *
   * @param writes its new versions; none for an entry that changes no row
   */
  public void apply(long index, List<VersionWrite> writes) {
    Invariants.check(
        index > appliedIndex,
        "entry %s is applied to %s after %s",
        index,
        folder.path,
        appliedIndex);
    Memtable active = view.active;
    for (VersionWrite write : writes) {
      active.put(write);
    }
    appliedIndex = index;
    if (active.bytes() >= options.memtableBytes() && !flushDue) {
      flushDue = true;
      strand.execute(this::flushWhatIsDue);
    } else if (!flushScheduled) {
      flushScheduled = true;
      strand.schedule(options.flushAfter(), this::flushByAge);
    }
  }

  @Override
  public @Nullable Version read(Key key, Timestamp at) {
    View held = hold();
    try {
      checkHorizon(held, at);
      Map.Entry<VersionedKey, byte[]> found = held.find(VersionedKey.of(key, at));
      return found == null ? null : version(found);
    } finally {
      letGo(held);
    }
  }

  /** The newest version of {@code key}, a tombstone included; null if it never had one. */
  public @Nullable Version latest(Key key) {
    return read(key, Timestamp.MAX);
  }

  @Override
  public void scan(KeyRange range, boolean reverse, Timestamp at, Visitor visitor) {
    if (range.isEmpty()) {
      return;
    }
    View held = hold();
    try {
      checkHorizon(held, at);
      Key end = range.end();
      MergedVersions versions =
          held.range(
              VersionedKey.before(range.start()),
              end == null ? null : VersionedKey.before(end),
              reverse);
      if (reverse) {
        scanBackward(versions, at.nanos(), visitor);
      } else {
        scanForward(versions, at.nanos(), visitor);
      }
    } finally {
      letGo(held);
    }
  }

  private static void scanForward(MergedVersions versions, long at, Visitor visitor) {
    byte[] shown = null;
    while (versions.hasNext()) {
      Map.Entry<VersionedKey, byte[]> each = versions.next();
      VersionedKey key = each.getKey();
      if (key.nanos <= at && (shown == null || !key.sameKey(shown))) {
        shown = key.key;
        if (!visitor.visit(Key.of(key.key), version(each))) {
          return;
        }
      }
    }
  }

  /** Backwards the versions of a key come oldest first: the last one in time is the one to show. */
  private static void scanBackward(MergedVersions versions, long at, Visitor visitor) {
    Map.Entry<VersionedKey, byte[]> best = null;
    while (versions.hasNext()) {
      Map.Entry<VersionedKey, byte[]> each = versions.next();
      VersionedKey key = each.getKey();
      if (best != null && !key.sameKey(best.getKey().key)) {
        if (!visitor.visit(Key.of(best.getKey().key), version(best))) {
          return;
        }
        best = null;
      }
      if (key.nanos <= at) {
        best = each;
      }
    }
    if (best != null) {
      visitor.visit(Key.of(best.getKey().key), version(best));
    }
  }

  /** Whether any key in {@code range} has a version newer than {@code timestamp}. */
  public boolean changedSince(KeyRange range, Timestamp timestamp) {
    boolean[] changed = new boolean[1];
    scan(
        range,
        false,
        Timestamp.MAX,
        (key, version) -> {
          changed[0] = version.timestamp().isAfter(timestamp);
          return !changed[0];
        });
    return changed[0];
  }

  @Override
  public Timestamp horizon() {
    return view.horizon;
  }

  /** Sizes; on the strand. */
  public TabletStats stats() {
    View now = view;
    long memory = now.active.bytes() + (now.frozen == null ? 0 : now.frozen.bytes());
    return new TabletStats(
        memory,
        now.runs.stream().mapToLong(Run::bytes).sum(),
        now.runs.stream().mapToLong(Run::versions).sum(),
        now.runs.size(),
        now.runs.stream().mapToInt(run -> run.files().size()).sum());
  }

  /**
   * A checkpoint's files that stay while they are copied to another replica.
   *
   * @param manifest names them
   * @param folder where they are
   * @param release lets them go; exactly once, from any thread
   */
  public record PinnedCheckpoint(Manifest manifest, String folder, Runnable release) {}

  /** Keeps the files of the last checkpoint; on the strand. */
  public PinnedCheckpoint pinCheckpoint() {
    View held = hold();
    return new PinnedCheckpoint(manifest, folder.path, () -> letGo(held));
  }

  /**
   * Makes a checkpoint of what is applied now, in the background; on the strand. {@link
   * TabletHost#checkpointed} tells when it is durable.
   */
  public void flush() {
    if (stopped || job != null) {
      flushWanted = true;
      return;
    }
    flushWanted = false;
    if (appliedIndex > manifest.flushedIndex()) {
      View before = view;
      publish(new View(new Memtable(), before.active, before.runs, before.horizon));
      start(new TabletJob.Flush(before.active, appliedIndex, host.state()));
    }
  }

  /** Merges all files into one run and collects what lies below the horizon; on the strand. */
  public void compact() {
    if (!stopped && job == null && !view.runs.isEmpty()) {
      start(new TabletJob.Compaction(view.runs.size(), true, host.horizon()));
    }
  }

  /** Starts no job any more and lets the files go; what is not flushed is in the log. */
  public void close() {
    stopped = true;
    letGo(view);
  }

  private void flushWhatIsDue() {
    flushDue = false;
    flush();
  }

  private void flushByAge() {
    flushScheduled = false;
    flush();
  }

  private void start(TabletJob next) {
    job = next;
    View held = hold();
    runner.run(
        next,
        manifest,
        held.runs,
        new JobRunner.End() {
          @Override
          public void done(JobRunner.Result result) {
            strand.execute(() -> finished(result));
            letGo(held);
          }

          @Override
          public void failed(Throwable cause) {
            strand.execute(() -> failedJob(next, cause));
            letGo(held);
          }
        });
  }

  private void finished(JobRunner.Result result) {
    boolean flushed = job instanceof TabletJob.Flush;
    job = null;
    if (stopped) {
      result.closeUnused();
      return;
    }
    List<Run> before = view.runs;
    before.stream()
        .filter(run -> !result.runs().contains(run))
        .forEach(run -> run.files().forEach(file -> file.obsolete = true));
    manifest = result.manifest();
    publish(new View(view.active, flushed ? null : view.frozen, result.runs(), manifest.horizon()));
    env.events().count(flushed ? "tablet.flushes" : "tablet.compactions", 1);
    if (flushed) {
      host.checkpointed(manifest.flushedIndex());
    }
    if (result.runs().size() >= options.runsMax()) {
      start(compactionOf(result.runs()));
    } else if (flushWanted || view.active.bytes() >= options.memtableBytes()) {
      flush();
    }
  }

  /** The newer runs become one; the oldest, large one is taken in once they are half of it. */
  private TabletJob compactionOf(List<Run> runs) {
    long base = runs.getLast().versions();
    long above = runs.stream().mapToLong(Run::versions).sum() - base;
    boolean all = above * 2 >= base;
    return new TabletJob.Compaction(all ? runs.size() : runs.size() - 1, all, host.horizon());
  }

  private void failedJob(TabletJob failed, Throwable cause) {
    if (stopped) {
      return;
    }
    if (cause instanceof DiskFullException) {
      env.events()
          .event(
              Events.Level.ERROR,
              "spanserver.tablet",
              "no room on the disk to write a file of %s (%s); its rows stay in the log until there is"
                  .formatted(folder.path, cause.getMessage()));
      strand.schedule(DISK_FULL_RETRY, () -> retry(failed));
      return;
    }
    stopped = true;
    env.events()
        .failure("spanserver.tablet", "a file of " + folder.path + " could not be written", cause);
    host.failed(cause);
  }

  private void retry(TabletJob waiting) {
    if (!stopped) {
      start(waiting);
    }
  }

  private View hold() {
    while (true) {
      View now = view;
      if (now.hold()) {
        return now;
      }
    }
  }

  private void publish(View next) {
    View before = view;
    view = next;
    letGo(before);
  }

  private void letGo(View held) {
    for (TabletFile file : held.letGo()) {
      file.close();
      if (file.obsolete) {
        runner.delete(file);
      }
    }
  }

  private static void checkHorizon(View held, Timestamp at) {
    if (at.isBefore(held.horizon)) {
      throw new MeridianException(
          ErrorCode.SNAPSHOT_TOO_OLD,
          "a read at %s is too old: versions before %s may be gone".formatted(at, held.horizon));
    }
  }

  private static Version version(Map.Entry<VersionedKey, byte[]> entry) {
    byte[] value = entry.getValue();
    return new Version(entry.getKey().timestamp(), value.length == 0 ? null : value);
  }
}
