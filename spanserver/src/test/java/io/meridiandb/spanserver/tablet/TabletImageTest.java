package io.meridiandb.spanserver.tablet;

import static io.meridiandb.spanserver.tablet.TabletFixture.SERVER;
import static io.meridiandb.spanserver.tablet.TabletFixture.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.disk.DiskFullException;
import io.meridiandb.kernel.simulated.StoppingDisk;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.replica.ImageSink;
import io.meridiandb.row.key.KeyRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A replica's exact state at one index becomes another replica (protocol G25, H 36, H 37). */
class TabletImageTest {
  private static final TabletOptions OPTIONS =
      new TabletOptions(1 << 20, Duration.ofMinutes(10), 4, 2 << 10);
  private static final int PART_BYTES = 1_500;

  private static int resumptions;

  @Test
  void anImageIsTheCheckpointWhateverIsWrittenMeanwhile() {
    try (TabletFixture from = source(1);
        TabletFixture to = new TabletFixture(2, OPTIONS)) {
      CheckpointImage image = from.onStrand(from.tablet::exportImage);
      assertThat(image.index()).isEqualTo(30);
      from.apply(40, put("row1", 400, "later"));
      from.flush();
      from.compact();
      to.apply(3, put("own", 30, "gone afterwards"));
      to.flush();
      to.apply(5, put("own", 50, "gone afterwards"));
      CheckpointInstall sink = to.onStrand(() -> to.tablet.importImage(() -> {}));
      transfer(from, image, to, sink);
      assertThat(wait(to, to.onStrand(sink::finish))).isNull();
      from.run(image::close);
      checkIsImage(to, "installed");
      to.apply(31, put("row1", 310, "next"));
      to.flush();
      to.crash();
      assertThat(to.tablet.appliedIndex()).isEqualTo(31);
      assertThat(to.read("row1", 999)).isEqualTo("next");
      assertThat(to.read("own", 999)).isEqualTo("-");
      assertThat(to.host.failures).isEmpty();
    }
  }

  /**
   * 36: entry 10 brought a version that lies beyond the timestamp of the copy, and the log is sent
   * from the copy's index on. What is copied must be the state at one index, whatever timestamps
   * there are in it.
   */
  @Test
  void attack36ACopyAtATimestampWithTheLogFromAnIndex() {
    assertThat(afterACopyOfEntryTwenty(true)).containsExactly("old=1", "outcome=2", "tail=3");
    assertThat(afterACopyOfEntryTwenty(false)).as("outcome").containsExactly("old=1", "tail=3");
  }

  private static List<String> afterACopyOfEntryTwenty(boolean atTheIndex) {
    try (TabletFixture from = new TabletFixture(36, OPTIONS);
        TabletFixture to = new TabletFixture(37, OPTIONS)) {
      from.apply(5, put("old", 50, "1"));
      from.apply(10, put("outcome", 120, "2"));
      from.apply(20);
      if (atTheIndex) {
        from.flush();
        CheckpointImage image = from.onStrand(from.tablet::exportImage);
        CheckpointInstall sink = to.onStrand(() -> to.tablet.importImage(() -> {}));
        assertThat(transfer(from, image, to, sink)).isNull();
        assertThat(wait(to, to.onStrand(sink::finish))).isNull();
      } else {
        VersionChunk copied =
            from.onStrand(() ->
                from.tablet.exportVersions(
                    KeyRange.ALL, Timestamp.MIN, new Timestamp(100), null, 1 << 20));
        to.run(() -> to.tablet.ingest(20, copied.versions(), Timestamp.MIN));
      }
      to.apply(21, put("tail", 210, "3"));
      return to.scan(KeyRange.ALL, 999, false);
    }
  }

  /** The stream breaks and goes on where it was; parts come twice. */
  @Test
  void partsMayComeTwice() {
    try (TabletFixture from = source(3);
        TabletFixture to = new TabletFixture(4, OPTIONS)) {
      CheckpointImage image = from.onStrand(from.tablet::exportImage);
      CheckpointInstall sink = to.onStrand(() -> to.tablet.importImage(() -> {}));
      for (long position = 0; position < image.length(); position = sink.position()) {
        ByteString part = part(from, image, Math.max(0, position - 400));
        long at = Math.max(0, position - 400);
        assertThat(wait(to, to.onStrand(() -> sink.write(at, part)))).isNull();
      }
      assertThat(wait(to, to.onStrand(sink::finish))).isNull();
      checkIsImage(to, "installed");
    }
  }

  /** Reliability T11, T13: at every step before the switch the old state, after it the new one. */
  @Test
  void aCrashAtAnyStepLeavesTheOldOrTheNewState() {
    try (TabletFixture from = source(7)) {
      CheckpointImage image = from.onStrand(from.tablet::exportImage);
      long steps = install(from, image, 0, false);
      assertThat(steps).as("an install takes many steps").isGreaterThan(20);
      for (long step = 1; step <= steps; step++) {
        install(from, image, step, true);
        install(from, image, step, false);
      }
      assertThat(resumptions).as("installs that went on after the crash").isGreaterThan(10);
    }
  }

  private static long install(
      TabletFixture from, CheckpointImage image, long stopAt, boolean power) {
    try (TabletFixture to = new TabletFixture(stopAt * 2 + (power ? 1 : 0), OPTIONS)) {
      to.host.state = "own state".getBytes(StandardCharsets.UTF_8);
      to.apply(3, put("own", 30, "own"));
      to.flush();
      to.world.kill(SERVER);
      to.env = to.world.restart(SERVER);
      StoppingDisk disk = new StoppingDisk(to.env.disk(), stopAt);
      to.env = TabletCrashTest.with(to.env, disk);
      to.open();
      CheckpointInstall sink = to.onStrand(() -> to.tablet.importImage(() -> {}));
      Throwable failure = transfer(from, image, to, sink);
      boolean installed = failure == null && wait(to, to.onStrand(sink::finish)) == null;
      String when = "stopped at " + stopAt + (power ? " by loss of power" : " by kill");
      assertThat(installed || disk.stopped()).as(when).isTrue();
      if (power) {
        to.crash();
      } else {
        to.world.kill(SERVER);
        to.env = to.world.restart(SERVER);
        to.open();
      }
      if (installed || to.tablet.flushedIndex() == 30) {
        checkIsImage(to, when);
      } else {
        assertThat(to.tablet.flushedIndex()).as(when).isEqualTo(3);
        assertThat(to.tablet.checkpointState()).as(when).asString().isEqualTo("own state");
        assertThat(to.scan(KeyRange.ALL, 999, false)).as(when).containsExactly("own=own");
        goOn(from, image, to, when);
      }
      assertThat(to.world.disk(SERVER).paths()).noneMatch(path -> path.endsWith(".part"));
      return disk.changes();
    }
  }

  /**
   * After the crash it goes on behind the files that are whole; what came is not asked for again.
   */
  private static void goOn(
      TabletFixture from, CheckpointImage image, TabletFixture to, String when) {
    ByteString unfinished = to.onStrand(to.tablet::unfinishedImage);
    CheckpointInstall sink = resumed(to, image.identity());
    long here = sink.position();
    if (here > 0) {
      resumptions++;
      assertThat(unfinished).as(when).isEqualTo(image.identity());
    }
    assertThat(transfer(from, image, to, sink)).as(when).isNull();
    assertThat(wait(to, to.onStrand(sink::finish))).as(when).isNull();
    to.settle();
    checkIsImage(to, when + ", gone on with at " + here);
  }

  private static CheckpointInstall resumed(TabletFixture to, ByteString identity) {
    CompletableFuture<CheckpointInstall> begun =
        to.onStrand(() -> to.tablet.importImage(identity, () -> {}));
    assertThat(wait(to, begun)).isNull();
    return begun.join();
  }

  /** The stream breaks; the next one is of the same image, or of another one. */
  @Test
  void whatIsHereCountsForTheSameImageOnly() {
    try (TabletFixture from = source(40);
        TabletFixture to = new TabletFixture(41, OPTIONS)) {
      CheckpointImage image = from.onStrand(from.tablet::exportImage);
      CheckpointInstall first = resumed(to, image.identity());
      assertThat(first.position()).isZero();
      while (first.position() < image.length() / 2) {
        long at = first.position();
        ByteString bytes = from.onStrand(() -> image.read(at, 400)).join();
        assertThat(wait(to, to.onStrand(() -> first.write(at, bytes)))).isNull();
      }
      to.run(first::suspend);
      CheckpointInstall same = resumed(to, image.identity());
      assertThat(same.position()).isPositive().isLessThanOrEqualTo(first.position());
      to.run(same::suspend);

      from.apply(31, put("row1", 310, "newer"));
      from.flush();
      CheckpointImage newer = from.onStrand(from.tablet::exportImage);
      assertThat(newer.identity()).isNotEqualTo(image.identity());
      CheckpointInstall other = resumed(to, newer.identity());
      assertThat(other.position()).isZero();
      assertThat(transfer(from, newer, to, other)).isNull();
      assertThat(wait(to, to.onStrand(other::finish))).isNull();
      to.settle();
      assertThat(to.read("row1", 999)).isEqualTo("newer");
      assertThat(to.world.disk(SERVER).paths()).noneMatch(path -> path.endsWith(".part"));
    }
  }

  /** A part that has rotted meanwhile is not whole any more: it comes again. */
  @Test
  void whatIsHereIsCheckedBeforeItCounts() throws IOException {
    try (TabletFixture from = source(42);
        TabletFixture to = new TabletFixture(43, OPTIONS)) {
      CheckpointImage image = from.onStrand(from.tablet::exportImage);
      CheckpointInstall first = resumed(to, image.identity());
      assertThat(transfer(from, image, to, first)).isNull();
      to.run(first::suspend);
      to.settle();
      assertThat(resumedAt(to, image)).isEqualTo(image.length());
      String rotten =
          to.world.disk(SERVER).paths().stream()
              .filter(path -> path.endsWith(".part") && !path.contains("IMAGE"))
              .findFirst()
              .orElseThrow();
      to.world.disk(SERVER).flipBit(rotten, 100, 2);
      assertThat(resumedAt(to, image)).isLessThan(image.length());
    }
  }

  private static long resumedAt(TabletFixture to, CheckpointImage image) {
    CheckpointInstall sink = resumed(to, image.identity());
    long here = sink.position();
    to.run(sink::suspend);
    to.settle();
    return here;
  }

  /** A byte that changed on the way is found, and nothing of the image is ever shown. */
  @Test
  void aDamagedImageIsThrownAway() {
    try (TabletFixture from = source(8);
        TabletFixture to = new TabletFixture(9, OPTIONS)) {
      CheckpointImage image = from.onStrand(from.tablet::exportImage);
      for (long damaged = 2; damaged < image.length(); damaged += image.length() / 13) {
        CheckpointInstall sink = to.onStrand(() -> to.tablet.importImage(() -> {}));
        Throwable failure = null;
        for (long at = 0; at < image.length() && failure == null; at = sink.position()) {
          byte[] bytes = part(from, image, at).toByteArray();
          if (damaged >= at && damaged < at + bytes.length) {
            bytes[(int) (damaged - at)] ^= 4;
          }
          long position = at;
          failure = wait(to, to.onStrand(() -> sink.write(position, ByteString.copyFrom(bytes))));
        }
        assertThat(failure).as("byte %s", damaged).isInstanceOf(TabletDamagedException.class);
        to.run(sink::abort);
        to.settle();
        assertThat(to.tablet.appliedIndex()).isZero();
        assertThat(to.world.disk(SERVER).paths()).noneMatch(path -> path.endsWith(".part"));
      }
      CheckpointInstall half = to.onStrand(() -> to.tablet.importImage(() -> {}));
      ByteString first = part(from, image, 0);
      to.run(() -> half.write(0, first));
      assertThat(wait(to, to.onStrand(half::finish))).isInstanceOf(TabletDamagedException.class);
      assertThat(to.host.failures).isEmpty();
    }
  }

  @Test
  void withoutRoomNothingChanges() {
    try (TabletFixture from = source(10);
        TabletFixture to = new TabletFixture(11, OPTIONS)) {
      CheckpointImage image = from.onStrand(from.tablet::exportImage);
      to.world.disk(SERVER).capacity(1);
      CheckpointInstall sink = to.onStrand(() -> to.tablet.importImage(() -> {}));
      assertThat(transfer(from, image, to, sink)).isInstanceOf(DiskFullException.class);
      to.run(sink::abort);
      to.world.disk(SERVER).capacity(Long.MAX_VALUE);
      CheckpointInstall again = to.onStrand(() -> to.tablet.importImage(() -> {}));
      assertThat(transfer(from, image, to, again)).isNull();
      assertThat(wait(to, to.onStrand(again::finish))).isNull();
      checkIsImage(to, "installed");
    }
  }

  /** A tablet with several runs, a wiped range, and state, at entry 30. */
  private static TabletFixture source(long seed) {
    TabletFixture from = new TabletFixture(seed, OPTIONS);
    for (int i = 1; i <= 29; i++) {
      from.apply(i, put("row" + i % 10, i * 10, "v" + i + "-".repeat(300)));
      if (i % 14 == 0) {
        from.flush();
      }
    }
    from.run(() ->
        from.tablet.apply(
            30,
            List.of(),
            List.of(new KeyRange(TabletFixture.key("row4"), TabletFixture.key("row6")))));
    from.host.state = "state 30".getBytes(StandardCharsets.UTF_8);
    from.flush();
    return from;
  }

  private static void checkIsImage(TabletFixture to, String when) {
    assertThat(to.tablet.appliedIndex()).as(when).isEqualTo(30);
    assertThat(to.tablet.flushedIndex()).as(when).isEqualTo(30);
    assertThat(to.tablet.checkpointState()).as(when).asString().isEqualTo("state 30");
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      if (i < 4 || i > 5) {
        rows.add("row%d=v%d%s".formatted(i, i == 0 ? 20 : 20 + i, "-".repeat(300)));
      }
    }
    assertThat(to.scan(KeyRange.ALL, 999, false)).as(when).isEqualTo(rows);
    assertThat(to.read("row1", 110)).as(when).startsWith("v11-");
  }

  private static ByteString part(TabletFixture from, CheckpointImage image, long position) {
    return from.onStrand(() -> image.read(position, PART_BYTES)).join();
  }

  /** Hands the image over; null or why that failed. */
  private static Throwable transfer(
      TabletFixture from, CheckpointImage image, TabletFixture to, ImageSink sink) {
    while (sink.position() < image.length()) {
      long at = sink.position();
      ByteString part = part(from, image, at);
      Throwable failure = wait(to, to.onStrand(() -> sink.write(at, part)));
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  /** Waits; why it failed, or null. */
  private static Throwable wait(TabletFixture f, CompletableFuture<?> future) {
    f.world.runUntil(future::isDone, Duration.ofSeconds(20));
    return future.isCompletedExceptionally() ? future.exceptionNow() : null;
  }
}
