package io.meridiandb.paxos.log;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** One server's log in a simulated world, and short words to use it. */
final class LogFixture implements AutoCloseable {
  static final ServerId SERVER = new ServerId(1);
  static final UniverseId UNIVERSE = new UniverseId(7, 8);
  static final GroupId G = GroupId.ZERO;
  static final Ballot B1 = new Ballot(1, SERVER, 1);
  static final Ballot B2 = new Ballot(2, SERVER, 1);
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  final SimulatedWorld world;
  final LogOptions options;
  final List<LogFailedException> failures = new ArrayList<>();
  Env env;
  Strand strand;
  WriteAheadLog log;

  LogFixture(long seed, LogOptions options) {
    world = new SimulatedWorld(seed);
    this.options = options;
    env = world.server(SERVER);
    open();
  }

  void open() {
    log = open(UNIVERSE, SERVER);
  }

  WriteAheadLog open(UniverseId universe, ServerId server) {
    strand = env.strands().create("server");
    CompletableFuture<WriteAheadLog> opening =
        WriteAheadLog.open(
            env, new WriteAheadLog.Owner(universe, server, options), strand, failures::add);
    world.runUntil(opening::isDone, TIMEOUT);
    try {
      return opening.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Power is lost; the log is opened on what the disk has left. */
  void crash() {
    world.crash(SERVER);
    env = world.restart(SERVER);
    open();
  }

  /** The process dies, the bytes stay. */
  void kill() {
    world.kill(SERVER);
    env = world.restart(SERVER);
    open();
  }

  /** Appends without waiting; the future completes when it is durable. */
  CompletableFuture<Void> append(LogRecord... records) {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    strand.execute(() -> log.append(List.of(records), () -> durable.complete(null)));
    return durable;
  }

  /** Appends and waits. */
  void durably(LogRecord... records) {
    await(append(records));
  }

  <T> T await(CompletableFuture<T> future) {
    world.runUntil(future::isDone, TIMEOUT);
    return future.join();
  }

  List<LogEntry> read(GroupId group, long from, long to, long bytesMax) {
    CompletableFuture<List<LogEntry>> result = new CompletableFuture<>();
    strand.execute(() ->
        log.read(group, from, to, bytesMax)
            .whenComplete((entries, error) -> {
              if (error == null) {
                result.complete(entries);
              } else {
                result.completeExceptionally(error);
              }
            }));
    return await(result);
  }

  RecoveredGroup recovered() {
    return log.recovered().group(G);
  }

  static LogRecord entry(long index, String payload) {
    return entry(G, index, B1, payload);
  }

  static LogRecord entry(GroupId group, long index, Ballot ballot, String payload) {
    return new LogRecord.Append(group, logEntry(index, ballot, payload));
  }

  static LogEntry logEntry(long index, Ballot ballot, String payload) {
    return new LogEntry(
        index,
        ballot,
        EntryKind.COMMAND,
        new Timestamp(index * 1000),
        ByteString.copyFromUtf8(payload));
  }

  /** Entries in short: index, ballot's round, payload. */
  static List<String> show(List<LogEntry> entries) {
    return entries.stream()
        .map(e -> e.index() + "/" + e.ballot().round() + ":" + e.payload().toStringUtf8())
        .toList();
  }

  @Override
  public void close() {
    world.close();
  }
}
