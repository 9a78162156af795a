package io.meridiandb.paxos.log;

import static io.meridiandb.paxos.log.LogFixture.B1;
import static io.meridiandb.paxos.log.LogFixture.B2;
import static io.meridiandb.paxos.log.LogFixture.G;
import static io.meridiandb.paxos.log.LogFixture.SERVER;
import static io.meridiandb.paxos.log.LogFixture.UNIVERSE;
import static io.meridiandb.paxos.log.LogFixture.entry;
import static io.meridiandb.paxos.log.LogFixture.show;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The log: recovery, group commit, damage, a full disk. */
class WriteAheadLogTest {
  private static final LogOptions TINY = new LogOptions(4 << 10, 1 << 10);
  private static final GroupId OTHER = new GroupId(9);

  @Test
  void aFreshLogKnowsNothing() {
    try (LogFixture f = new LogFixture(1, TINY)) {
      assertThat(f.log.recovered().groups()).isEmpty();
      assertThat(f.log.recovered().leaseBound()).isEqualTo(Duration.ZERO);
      assertThat(f.log.recovered().timeMark()).isEqualTo(Timestamp.MIN);
    }
  }

  @Test
  void everyKindOfRecordComesBack() {
    try (LogFixture f = new LogFixture(2, TINY)) {
      f.durably(
          new LogRecord.LeaseBound(Duration.ofSeconds(3)),
          new LogRecord.TimeMark(new Timestamp(77)),
          new LogRecord.Promise(G, B1),
          entry(1, "a"),
          entry(2, "b"),
          entry(3, "c"),
          entry(OTHER, 1, B1, "x"));
      f.durably(new LogRecord.CutSuffix(G, 2), entry(3, "d"), new LogRecord.Restamp(G, B2, 2, 3));
      f.durably(new LogRecord.CutPrefix(G, 1, B1), new LogRecord.Commit(G, 2));
      f.kill();
      RecoveredLog found = f.log.recovered();
      assertThat(found.leaseBound()).isEqualTo(Duration.ofSeconds(3));
      assertThat(found.timeMark()).isEqualTo(new Timestamp(77));
      assertThat(show(found.group(OTHER).entries())).containsExactly("1/1:x");
      assertThat(show(found.group(G).entries())).containsExactly("2/2:b", "3/2:d");
      assertThat(found.group(G).promised()).isEqualTo(B1);
      assertThat(found.group(G).baseIndex()).isEqualTo(1);
      assertThat(found.group(G).baseBallot()).isEqualTo(B1);
      assertThat(found.group(G).commitHint()).isEqualTo(2);
    }
  }

  /** A server with gigabytes of log holds no second copy of them in memory once it has started. */
  @Test
  void whatAReplicaHasTakenOverIsHeldOnTheDiskOnly() {
    try (LogFixture f = new LogFixture(3, TINY)) {
      f.durably(entry(1, "a"), entry(2, "b"), new LogRecord.Commit(G, 2));
      f.kill();
      f.log.taken(G);
      assertThat(f.recovered().entries()).isEmpty();
      assertThat(f.recovered().commitHint()).isEqualTo(2);
      f.durably(entry(3, "c"));
      assertThat(show(f.read(G, 1, 3, 100))).containsExactly("1/1:a", "2/1:b", "3/1:c");
    }
  }

  /** protocol G5: what was reported durable survives the loss of power, whatever the disk kept. */
  @Test
  void acknowledgedEntriesSurviveCrashesAtAnyMoment() {
    for (int seed = 1; seed <= 40; seed++) {
      try (LogFixture f = new LogFixture(seed, TINY)) {
        long acknowledged = 0;
        for (int round = 0; round < 6; round++) {
          long next = f.recovered().entries().size() + 1;
          List<CompletableFuture<Void>> pending = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            pending.add(
                f.append(entry(next + i, "payload " + (next + i) + " " + "-".repeat(i * 20))));
          }
          f.world.runFor(Duration.ofMillis(f.world.random("crash" + round).nextInt(6)));
          long done = pending.stream().filter(CompletableFuture::isDone).count();
          acknowledged = Math.max(acknowledged, next - 1 + done);
          f.crash();
          assertThat(f.recovered().entries())
              .as("seed " + seed)
              .hasSizeGreaterThanOrEqualTo((int) acknowledged);
          for (int i = 0; i < f.recovered().entries().size(); i++) {
            assertThat(f.recovered().entries().get(i).payload().toStringUtf8())
                .startsWith("payload " + (i + 1) + " ");
          }
        }
      }
    }
  }

  /** A batch counts whole or not at all: half an adoption would be a lost vote. */
  @Test
  void aBatchIsAtomicAcrossACrash() {
    for (int seed = 1; seed <= 60; seed++) {
      try (LogFixture f = new LogFixture(seed, TINY)) {
        f.durably(entry(1, "old"), entry(2, "old"));
        f.append(
            new LogRecord.CutSuffix(G, 1),
            new LogRecord.Restamp(G, B2, 1, 1),
            entry(G, 2, B2, "new".repeat(500)),
            entry(G, 3, B2, "new".repeat(500)));
        f.world.runFor(Duration.ofMillis(1));
        f.crash();
        List<String> found = show(f.recovered().entries());
        assertThat(found).as("seed " + seed).hasSizeBetween(2, 3);
        assertThat(
                found.size() == 2
                    ? found.equals(List.of("1/1:old", "2/1:old"))
                    : found.get(0).equals("1/2:old"))
            .as("seed %s: %s", seed, found)
            .isTrue();
      }
    }
  }

  @Test
  void whatWaitsGoesOutWithOneForce() {
    try (LogFixture f = new LogFixture(3, LogOptions.SMALL)) {
      long before = f.world.counters(SERVER).get("log.forces");
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 1; i <= 1000; i++) {
        all.add(f.append(entry(i, "x")));
      }
      f.await(all.getLast());
      assertThat(all).allMatch(CompletableFuture::isDone);
      assertThat(f.world.counters(SERVER).get("log.forces") - before).isLessThanOrEqualTo(3);
      assertThat(f.world.counters(SERVER).get("log.batches")).isGreaterThanOrEqualTo(1000);
    }
  }

  @Test
  void completionsRunInOrderOnTheServerStrandAndNeverInsideTheCall() {
    try (LogFixture f = new LogFixture(4, TINY)) {
      List<Integer> order = new ArrayList<>();
      boolean[] inside = new boolean[1];
      f.strand.execute(() -> {
        for (int i = 1; i <= 100; i++) {
          int number = i;
          inside[0] = true;
          f.log.append(
              List.of(entry(i, "x".repeat(i))),
              () -> {
                assertThat(inside[0]).isFalse();
                assertThat(f.strand.isCurrent()).isTrue();
                order.add(number);
              });
          inside[0] = false;
        }
      });
      f.world.runUntil(() -> order.size() == 100, Duration.ofSeconds(10));
      assertThat(order).isSorted();
      assertThat(f.world.failures()).isEmpty();
    }
  }

  @Test
  void entriesAreReadBackFromMemoryAndDiskWithTheirLatestStamps() {
    try (LogFixture f = new LogFixture(7, TINY)) {
      for (int i = 1; i <= 60; i++) {
        f.durably(entry(i, "entry " + i + "-".repeat(100)));
      }
      f.durably(new LogRecord.CutPrefix(G, 10, B1), new LogRecord.Restamp(G, B2, 12, 60));
      assertThat(f.read(G, 10, 20, 1 << 20)).isEmpty();
      assertThat(f.read(G, 61, 70, 1 << 20)).isEmpty();
      assertThat(show(f.read(G, 11, 12, 1 << 20)))
          .containsExactly("11/1:entry 11" + "-".repeat(100), "12/2:entry 12" + "-".repeat(100));
      assertThat(f.read(G, 11, 100, 1 << 20)).hasSize(50);
      assertThat(f.read(G, 11, 100, 1)).hasSize(1);
      assertThat(f.read(G, 11, 100, 250)).hasSize(2);
      f.kill();
      assertThat(show(f.read(G, 59, 60, 1 << 20)))
          .containsExactly("59/2:entry 59" + "-".repeat(100), "60/2:entry 60" + "-".repeat(100));
    }
  }

  @Test
  void readsSeeWhatWasAppendedBeforeThemDurableOrNot() {
    try (LogFixture f = new LogFixture(8, TINY)) {
      CompletableFuture<Integer> seen = new CompletableFuture<>();
      f.strand.execute(() -> {
        f.log.append(List.of(entry(1, "a")), () -> {});
        f.log.read(G, 1, 1, 100).thenAccept(entries -> seen.complete(entries.size()));
      });
      assertThat(f.await(seen)).isEqualTo(1);
    }
  }

  /** A witness keeps entries for a full replica that is away: more than it has memory. */
  @Test
  void aStartKeepsOfALongLogOnlyWhatIsNotChosenAndALittle() {
    LogOptions options = new LogOptions(64 << 10, 32 << 10);
    try (LogFixture f = new LogFixture(1, options)) {
      String kilobyte = "x".repeat(1 << 10);
      for (int i = 1; i <= 300; i++) {
        f.append(entry(i, kilobyte + i), new LogRecord.Commit(G, Math.max(0, i - 5)));
      }
      f.durably(new LogRecord.Restamp(G, B2, 296, 300));
      f.crash();
      RecoveredGroup found = f.recovered();
      long lastOld = found.old().last(0);
      assertThat(lastOld).isBetween(240L, 295L);
      assertThat(found.entries()).hasSize((int) (300 - lastOld));
      assertThat(found.entries().getLast().ballot()).isEqualTo(B2);
      List<LogEntry> all = f.read(G, 1, 300, Long.MAX_VALUE);
      assertThat(all).hasSize(300);
      assertThat(all.subList((int) lastOld, 300)).isEqualTo(found.entries());
      f.durably(new LogRecord.CutPrefix(G, 200, B1), entry(G, 301, B2, "y"));
      f.crash();
      assertThat(f.recovered().baseIndex()).isEqualTo(200);
      assertThat(f.read(G, 201, 301, Long.MAX_VALUE)).hasSize(101);
    }
  }

  @Test
  void aBatchLargerThanASegmentFits() {
    try (LogFixture f = new LogFixture(9, TINY)) {
      String large = "L".repeat(50_000);
      f.durably(entry(1, "small"), entry(2, large));
      f.durably(entry(3, "small"));
      f.durably(entry(4, large));
      f.crash();
      assertThat(f.recovered().entries()).hasSize(4);
      assertThat(f.recovered().entries().get(3).payload().size()).isEqualTo(50_000);
    }
  }

  /** Reliability T17: a bit that turned over in a durable record is never taken for a torn tail. */
  @Test
  void aDamagedDurableRecordIsRefusedWithFileAndOffset() throws Exception {
    for (int offset : List.of(SegmentHeader.BYTES + 100, SegmentHeader.BYTES + 3, 20)) {
      try (LogFixture f = new LogFixture(10, TINY)) {
        for (int i = 1; i <= 20; i++) {
          f.durably(entry(i, "some payload " + i));
        }
        String segment =
            f.world.disk(SERVER).paths().stream()
                .filter(p -> p.startsWith("log/0"))
                .findFirst()
                .orElseThrow();
        f.world.kill(SERVER);
        f.world.disk(SERVER).flipBit(segment, offset, 3);
        f.env = f.world.restart(SERVER);
        assertThatThrownBy(f::open)
            .isInstanceOf(LogDamagedException.class)
            .hasMessageContaining(segment);
      }
    }
  }

  /** What was done to a folder of segments before the server starts again. */
  private interface Damage {
    void to(Disk disk, String first, String middle, String last) throws IOException;
  }

  /**
   * A segment that is missing, cut off, foreign or damaged is named; nothing is cut from the log.
   */
  @Test
  void aFolderThatWasTamperedWithIsRefusedByName() throws Exception {
    damaged("missing", (disk, first, middle, last) -> disk.delete(middle));
    damaged(
        "its end is missing",
        (disk, first, middle, last) -> disk.open(last).setSize(SegmentHeader.BYTES + 1));
    damaged(
        "its end is missing",
        (disk, first, middle, last) -> disk.open(middle).setSize(SegmentHeader.BYTES));
    damaged("header", (disk, first, middle, last) -> disk.open(middle).setSize(100));
    damaged(
        "header",
        (disk, first, middle, last) ->
            disk.open(first).write(0, ByteBuffer.wrap("#!/bin/sh".getBytes(UTF_8))));
    damaged("header", (disk, first, middle, last) -> disk.rename(first, middle));
    damaged(
        "damaged",
        (disk, first, middle, last) ->
            disk.open(middle).write(SegmentHeader.BYTES + 40, ByteBuffer.wrap(new byte[16])));
  }

  private static void damaged(String how, Damage damage) throws IOException {
    try (LogFixture f = new LogFixture(16, TINY)) {
      for (int i = 1; i <= 60; i++) {
        f.durably(entry(i, "entry " + i + "-".repeat(200)));
      }
      f.world.kill(SERVER);
      f.env = f.world.restart(SERVER);
      List<String> segments =
          f.world.disk(SERVER).paths().stream().filter(p -> p.startsWith("log/0")).toList();
      Disk disk = f.env.disk();
      damage.to(disk, segments.getFirst(), segments.get(1), segments.getLast());
      List<String> before = f.world.disk(SERVER).paths();
      assertThatThrownBy(f::open)
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining(how)
          .hasMessageContaining("log/0");
      assertThat(f.world.disk(SERVER).paths()).isEqualTo(before);
    }
  }

  @Test
  void theLogOfAnotherServerOrUniverseIsRefused() {
    try (LogFixture f = new LogFixture(11, TINY)) {
      f.durably(new LogRecord.Promise(G, B1));
      f.world.kill(SERVER);
      f.env = f.world.restart(SERVER);
      assertThatThrownBy(() -> f.open(UNIVERSE, new ServerId(2)))
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("belongs to server-1");
      assertThatThrownBy(() -> f.open(new UniverseId(1, 1), SERVER))
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("copied or mixed up");
    }
  }

  /** Reliability T19: after a failed force nothing is ever acknowledged again. */
  @Test
  void aFailedForceIsFinal() {
    try (LogFixture f = new LogFixture(12, TINY)) {
      f.durably(entry(1, "a"));
      f.world.disk(SERVER).failForces(1);
      CompletableFuture<Void> second = f.append(entry(2, "b"));
      f.world.runFor(Duration.ofSeconds(1));
      CompletableFuture<Void> third = f.append(entry(3, "c"));
      f.world.runFor(Duration.ofSeconds(5));
      assertThat(second).isNotDone();
      assertThat(third).isNotDone();
      assertThat(f.failures).hasSize(1);
      assertThat(f.failures.getFirst()).hasMessageContaining("must stop");
    }
  }

  /** Reliability T25: a full disk delays, loses nothing, and all goes on when there is room. */
  @Test
  void aFullDiskIsSaidAndOvercome() {
    try (LogFixture f = new LogFixture(13, TINY)) {
      f.durably(entry(1, "a"));
      f.world.disk(SERVER).capacity(4 * (4 << 10));
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 2; i <= 60; i++) {
        all.add(f.append(entry(i, "entry" + "-".repeat(300))));
        f.world.runFor(Duration.ofMillis(5));
      }
      assertThat(f.log.full()).isTrue();
      assertThat(all.getLast()).isNotDone();
      assertThat(f.failures).isEmpty();
      f.world.disk(SERVER).capacity(Long.MAX_VALUE);
      f.await(all.getLast());
      f.world.runFor(Duration.ofSeconds(3));
      assertThat(f.log.full()).isFalse();
      f.crash();
      assertThat(f.recovered().entries()).hasSize(60);
    }
  }

  /** Once the log says that it is full and no new entries come, promises still become durable. */
  @Test
  void theReserveIsForPromisesOnAFullDisk() {
    try (LogFixture f = new LogFixture(14, TINY)) {
      f.durably(entry(1, "a"));
      f.world.runFor(Duration.ofSeconds(1));
      f.world.disk(SERVER).capacity(3 * (4 << 10));
      long last = 1;
      while (!f.log.full()) {
        f.durably(entry(++last, "entry" + "-".repeat(300)));
        f.world.runFor(Duration.ofMillis(5));
      }
      for (int round = 3; round < 50; round++) {
        f.durably(new LogRecord.Promise(G, new Ballot(round, SERVER, 1)));
      }
      f.world.disk(SERVER).capacity(5 * (4 << 10));
      f.crash();
      assertThat(f.recovered().promised().round()).isEqualTo(49);
      assertThat(f.recovered().entries()).hasSize((int) last);
      f.durably(new LogRecord.Promise(G, new Ballot(50, SERVER, 1)));
      f.world.disk(SERVER).capacity(Long.MAX_VALUE);
      f.world.runFor(Duration.ofSeconds(5));
      assertThat(f.log.full()).isFalse();
      f.durably(entry(last + 1, "goes on"));
    }
  }

  /** A first start on a full disk says so, and goes on when there is room. */
  @Test
  void aFirstStartOnAFullDiskSaysSo() {
    SimulatedWorld world = new SimulatedWorld(15);
    try (world) {
      List<String> lines = new ArrayList<>();
      world.listTo(lines::add);
      Env env = world.server(SERVER);
      world.disk(SERVER).capacity(100);
      CompletableFuture<WriteAheadLog> opening =
          WriteAheadLog.open(
              env,
              new WriteAheadLog.Owner(LogFixture.UNIVERSE, SERVER, TINY),
              env.strands().create("server"),
              failed -> {});
      world.runFor(Duration.ofSeconds(10));
      assertThat(opening).isNotDone();
      assertThat(world.failures()).isEmpty();
      assertThat(lines).anyMatch(line -> line.contains("this server cannot start until there is"));
      world.disk(SERVER).capacity(Long.MAX_VALUE);
      world.runUntil(opening::isDone, Duration.ofSeconds(10));
      assertThat(opening.join().full()).isFalse();
    }
  }

  @Test
  void aSegmentCanBeLookedInto() throws Exception {
    try (LogFixture f = new LogFixture(15, TINY)) {
      f.durably(new LogRecord.Promise(G, B1), entry(1, "secret"));
      List<String> lines = new ArrayList<>();
      String segment = f.world.disk(SERVER).paths().getFirst();
      LogInspector.print(f.env.disk(), segment, lines::add);
      assertThat(lines)
          .anyMatch(line -> line.contains("of server-1"))
          .anyMatch(line -> line.contains("group-0 promise 1.1.1"))
          .anyMatch(line -> line.contains("group-0 entry 1, ballot 1.1.1, COMMAND"))
          .anyMatch(line -> line.endsWith("  end"))
          .noneMatch(line -> line.contains("secret"));
    }
  }

  @Test
  void closingProvesTheLastRecordDurableSoDamageToItIsFound() throws Exception {
    try (LogFixture f = new LogFixture(14, TINY)) {
      f.durably(entry(1, "the only record there is"));
      CompletableFuture<Void> closed = new CompletableFuture<>();
      f.strand.execute(() -> f.log.close().thenRun(() -> closed.complete(null)));
      f.await(closed);
      damageTheOnlyRecord(f);
      assertThatThrownBy(f::open).isInstanceOf(LogDamagedException.class);
    }
  }

  @Test
  void aQuietMomentProvesTheLastRecordDurableSoDamageToItIsFound() throws Exception {
    try (LogFixture f = new LogFixture(16, TINY)) {
      f.durably(entry(1, "the only record there is"));
      f.world.runFor(LogWriter.MARK_AFTER.multipliedBy(2));
      damageTheOnlyRecord(f);
      assertThatThrownBy(f::open).isInstanceOf(LogDamagedException.class);
    }
  }

  /**
   * The mark itself is not forced: a crash that loses it and keeps what came later is no damage.
   */
  @Test
  void aMarkThatIsLostIsNoDamage() {
    for (int seed = 1; seed <= 80; seed++) {
      try (LogFixture f = new LogFixture(seed, TINY)) {
        f.durably(entry(1, "a"));
        f.world.runFor(LogWriter.MARK_AFTER.multipliedBy(2));
        f.append(entry(2, seed % 2 == 0 ? "b" : "b".repeat(4000)));
        f.world.runFor(Duration.ofNanos(f.world.random("crash").nextInt(8_000_000)));
        f.crash();
        assertThat(f.recovered().entries()).as("seed " + seed).hasSizeBetween(1, 2);
      }
    }
  }

  private static void damageTheOnlyRecord(LogFixture f) throws Exception {
    f.world.kill(SERVER);
    String segment = f.world.disk(SERVER).paths().getFirst();
    byte[] bytes = f.world.disk(SERVER).bytes(segment);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("the only");
    f.world.disk(SERVER).flipBit(segment, at, 0);
    f.env = f.world.restart(SERVER);
  }
}
