package io.meridiandb.spanserver.tablet;

import static io.meridiandb.spanserver.tablet.TabletFixture.SERVER;
import static io.meridiandb.spanserver.tablet.TabletFixture.delete;
import static io.meridiandb.spanserver.tablet.TabletFixture.key;
import static io.meridiandb.spanserver.tablet.TabletFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.check.InvariantViolation;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a tablet does, case by case. */
class TabletTest {
  private static final TabletOptions OPTIONS =
      new TabletOptions(1 << 20, Duration.ofMinutes(10), 5, 1 << 20);

  @Test
  void readsSeeTheNewestVersionAtTheirTimestamp() {
    try (TabletFixture f = new TabletFixture(1, OPTIONS)) {
      f.apply(1, put("a", 10, "a10"), put("b", 10, "b10"));
      f.apply(2, put("a", 20, "a20"), delete("b", 20));
      f.flush();
      f.apply(3, put("a", 30, "a30"), put("b", 30, "b30"));
      assertThat(f.read("a", 9)).isEqualTo("-");
      assertThat(f.read("a", 10)).isEqualTo("a10");
      assertThat(f.read("a", 29)).isEqualTo("a20");
      assertThat(f.read("a", 30)).isEqualTo("a30");
      assertThat(f.read("b", 19)).isEqualTo("b10");
      assertThat(f.read("b", 25)).isEqualTo("!");
      assertThat(f.read("c", 25)).isEqualTo("-");
      assertThat(f.tablet.latest(key("b")).timestamp()).isEqualTo(new Timestamp(30));
      assertThat(f.scan(KeyRange.ALL, 25, false)).containsExactly("a=a20", "b!");
      assertThat(f.scan(KeyRange.ALL, 25, true)).containsExactly("b!", "a=a20");
      assertThat(f.tablet.changedSince(KeyRange.ALL, new Timestamp(29))).isTrue();
      assertThat(f.tablet.changedSince(KeyRange.ALL, new Timestamp(30))).isFalse();
    }
  }

  /** A parent's key is a prefix of its children's keys; their versions must not mix. */
  @Test
  void interleavedRowsKeepTheirVersionsApart() {
    try (TabletFixture f = new TabletFixture(2, OPTIONS)) {
      String child = "p" + new String(new byte[] {0, 0, 1}, StandardCharsets.ISO_8859_1);
      String sibling = "p\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f";
      for (int i = 1; i <= 50; i++) {
        f.apply(
            i, put("p", i * 10, "p" + i), put(child, i * 10, "c" + i), put(sibling, i * 10, "s"));
        if (i == 30) {
          f.flush();
        }
      }
      for (int i = 1; i <= 50; i++) {
        assertThat(f.read("p", i * 10 + 5)).isEqualTo("p" + i);
        assertThat(f.read(child, i * 10 + 5)).isEqualTo("c" + i);
        assertThat(f.scan(KeyRange.ALL, i * 10, false))
            .containsExactly("p=p" + i, child + "=c" + i, sibling + "=s");
      }
    }
  }

  /**
   * What is chosen may be applied before the own log has forced it; a checkpoint may not outrun.
   */
  @Test
  void aCheckpointWaitsUntilTheLogHasWhatItHolds() {
    try (TabletFixture f = new TabletFixture(17, OPTIONS)) {
      f.host.unlogged = new ArrayList<>();
      f.apply(1, put("a", 10, "a"));
      f.run(f.tablet::flush);
      f.world.runFor(Duration.ofMinutes(1));
      assertThat(f.host.checkpoints).isEmpty();
      assertThat(f.tablet.flushedIndex()).isZero();
      f.run(() -> f.host.unlogged.forEach(Runnable::run));
      f.world.runFor(Duration.ofMinutes(1));
      assertThat(f.host.checkpoints).containsExactly(1L);
    }
  }

  /** It looked for a view for ever, on the strand of a server that was ending (sweep, seed 575). */
  @Test
  @Timeout(10)
  void aClosedTabletIsNotRead() {
    try (TabletFixture f = new TabletFixture(18, OPTIONS)) {
      f.apply(1, put("a", 10, "a"));
      f.run(f.tablet::close);
      assertThatThrownBy(() -> f.tablet.bytesIn(KeyRange.ALL))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
    }
  }

  @Test
  void aCheckpointHoldsRowsIndexAndStateOfOneMoment() {
    try (TabletFixture f = new TabletFixture(3, OPTIONS)) {
      f.apply(1, put("a", 10, "a"));
      f.host.state = "at 4".getBytes(StandardCharsets.UTF_8);
      f.apply(4);
      f.flush();
      assertThat(f.host.checkpoints).containsExactly(4L);
      f.apply(5, put("b", 20, "b"));
      f.crash();
      assertThat(f.tablet.flushedIndex()).isEqualTo(4);
      assertThat(f.tablet.appliedIndex()).isEqualTo(4);
      assertThat(f.tablet.checkpointState()).asString().isEqualTo("at 4");
      assertThat(f.read("a", 99)).isEqualTo("a");
      assertThat(f.read("b", 99)).isEqualTo("-");
      f.apply(5, put("b", 20, "b"));
      assertThat(f.read("b", 99)).isEqualTo("b");
      assertThatThrownBy(() -> f.apply(5)).isInstanceOf(InvariantViolation.class);
    }
  }

  /** Exactly once rests on it: rows and outcomes of an entry are in one checkpoint or in none. */
  @Test
  void aCheckpointForSizeHasTheStateOfTheEntryThatMadeItDue() {
    try (TabletFixture f = new TabletFixture(18, OPTIONS)) {
      f.run(() -> {
        f.tablet.apply(1, List.of(put("a", 10, "x".repeat(2 << 20))));
        f.host.state = "after 1".getBytes(StandardCharsets.UTF_8);
      });
      f.settle();
      f.crash();
      assertThat(f.tablet.flushedIndex()).isEqualTo(1);
      assertThat(f.tablet.checkpointState()).asString().isEqualTo("after 1");
    }
  }

  @Test
  void anIdleTabletIsFlushedByAgeSoThatItDoesNotHoldTheLog() {
    TabletOptions young = new TabletOptions(1 << 20, Duration.ofSeconds(30), 5, 1 << 20);
    try (TabletFixture f = new TabletFixture(4, young)) {
      f.apply(1, put("a", 10, "a"));
      f.world.runFor(Duration.ofSeconds(20));
      assertThat(f.host.checkpoints).isEmpty();
      f.world.runFor(Duration.ofSeconds(20));
      assertThat(f.host.checkpoints).containsExactly(1L);
      f.world.runFor(Duration.ofMinutes(5));
      assertThat(f.host.checkpoints).hasSize(1);
      f.apply(2);
      f.world.runFor(Duration.ofSeconds(40));
      assertThat(f.host.checkpoints).containsExactly(1L, 2L);
      assertThat(f.files()).hasSize(1);
    }
  }

  @Test
  void aFullMemtableIsFlushedAndRunsAreCompacted() {
    TabletOptions small = new TabletOptions(20 << 10, Duration.ofMinutes(10), 3, 1 << 20);
    try (TabletFixture f = new TabletFixture(5, small)) {
      for (int i = 1; i <= 600; i++) {
        f.apply(i, put("key" + i % 100, i, "value " + i + "-".repeat(200)));
        if (i % 20 == 0) {
          f.settle();
        }
      }
      assertThat(f.world.counters(SERVER).get("tablet.flushes")).isGreaterThan(4);
      assertThat(f.world.counters(SERVER).get("tablet.compactions")).isGreaterThan(0);
      assertThat(f.tablet.stats().runs()).isLessThan(3);
      assertThat(f.files()).hasSize(f.tablet.stats().files());
      assertThat(f.scan(KeyRange.ALL, 600, false)).hasSize(100);
      f.crash();
      assertThat(f.tablet.flushedIndex()).isEqualTo(f.tablet.appliedIndex()).isGreaterThan(400);
    }
  }

  /** A run above a large one was written anew without end (sweep, seed 26). */
  @Test
  void twoRunsAtMostAreOneAfterACompaction() {
    TabletOptions two = new TabletOptions(1 << 20, Duration.ofMinutes(10), 2, 1 << 20);
    try (TabletFixture f = new TabletFixture(16, two)) {
      for (int i = 1; i <= 20; i++) {
        f.apply(i, put("row" + i, 10, "base"));
      }
      f.flush();
      f.apply(21, put("row1", 20, "new"));
      f.flush();
      f.world.runFor(Duration.ofSeconds(10));
      assertThat(f.world.counters(SERVER).get("tablet.compactions")).isEqualTo(1);
      assertThat(f.tablet.stats().runs()).isEqualTo(1);
    }
  }

  /** Reliability D20: below the horizon a read is refused, above it nothing is missing. */
  @Test
  void compactionCollectsWhatNoReadMaySee() {
    try (TabletFixture f = new TabletFixture(6, OPTIONS)) {
      f.apply(1, put("a", 10, "a10"), put("b", 10, "b10"), put("c", 10, "c10"));
      f.apply(2, put("a", 20, "a20"), delete("b", 20));
      f.apply(3, put("a", 30, "a30"), delete("c", 30));
      f.flush();
      f.host.horizon = new Timestamp(25);
      f.compact();
      assertThat(f.tablet.horizon()).isEqualTo(new Timestamp(25));
      assertThat(f.tablet.stats().fileVersions()).isEqualTo(4);
      assertThat(f.scan(KeyRange.ALL, 25, false)).containsExactly("a=a20", "c=c10");
      assertThat(f.scan(KeyRange.ALL, 30, false)).containsExactly("a=a30", "c!");
      assertThatThrownBy(() -> f.read("a", 24))
          .isInstanceOfSatisfying(
              MeridianException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.SNAPSHOT_TOO_OLD));
      f.crash();
      assertThat(f.tablet.horizon()).isEqualTo(new Timestamp(25));
      assertThatThrownBy(() -> f.scan(KeyRange.ALL, 24, true))
          .isInstanceOf(MeridianException.class);
    }
  }

  /**
   * While the oldest run stays out of a merge, a tombstone must stay too: it hides what lies there.
   */
  @Test
  void aMergeOfTheNewerRunsKeepsTombstones() {
    TabletOptions three = new TabletOptions(1 << 20, Duration.ofMinutes(10), 3, 1 << 20);
    try (TabletFixture f = new TabletFixture(15, three)) {
      for (int i = 1; i <= 20; i++) {
        f.apply(i, put("row" + i, 10, "base"));
      }
      f.flush();
      f.host.horizon = new Timestamp(100);
      f.apply(21, delete("row1", 20));
      f.flush();
      f.apply(22, put("row2", 30, "new"));
      f.flush();
      assertThat(f.world.counters(SERVER).get("tablet.compactions")).isEqualTo(1);
      assertThat(f.tablet.stats().runs()).isEqualTo(2);
      assertThat(f.tablet.stats().fileVersions()).isEqualTo(22);
      assertThat(f.read("row1", 200)).isEqualTo("!");
      f.compact();
      assertThat(f.tablet.stats().fileVersions()).isEqualTo(19);
      assertThat(f.read("row1", 200)).isEqualTo("-");
    }
  }

  @Test
  void theNewestVersionWinsWhereverItStands() {
    try (TabletFixture f = new TabletFixture(16, OPTIONS)) {
      f.apply(1, put("a", 30, "a30"));
      f.flush();
      f.apply(2, put("a", 20, "a20"));
      assertThat(f.read("a", 40)).isEqualTo("a30");
      assertThat(f.read("a", 25)).isEqualTo("a20");
      assertThat(f.scan(KeyRange.ALL, 40, false)).containsExactly("a=a30");
    }
  }

  @Test
  void pinnedFilesOutliveACompaction() {
    try (TabletFixture f = new TabletFixture(7, OPTIONS)) {
      f.apply(1, put("a", 10, "a10"));
      f.flush();
      CheckpointImage pinned = f.onStrand(f.tablet::exportImage);
      String file = TabletFixture.FOLDER + "/" + pinned.manifest().files().get(0).name();
      f.compact();
      assertThat(f.files()).hasSize(2).contains(file);
      f.run(pinned::close);
      f.settle();
      assertThat(f.files()).hasSize(1).doesNotContain(file);
    }
  }

  @Test
  void largeRowsAndLongKeysAreKept() {
    try (TabletFixture f = new TabletFixture(8, OPTIONS)) {
      String large = "x".repeat(3 << 20);
      String longKey = "k".repeat(8 << 10);
      f.apply(1, put("a", 10, large), put("b", 10, "small"), put(longKey, 10, "v".repeat(9000)));
      f.settle();
      assertThat(f.tablet.stats().runs()).isEqualTo(1);
      assertThat(f.read("a", 10)).isEqualTo(large);
      assertThat(f.read(longKey, 10)).hasSize(9000);
      f.compact();
      f.crash();
      assertThat(f.read("a", 10)).isEqualTo(large);
      assertThat(f.scan(KeyRange.ALL, 10, true))
          .hasSize(3)
          .first()
          .isEqualTo(longKey + "=" + "v".repeat(9000));
    }
  }

  @Test
  void aRunIsCutIntoFilesByKey() {
    TabletOptions cut = new TabletOptions(1 << 20, Duration.ofMinutes(10), 5, 16 << 10);
    try (TabletFixture f = new TabletFixture(9, cut)) {
      for (int i = 1; i <= 200; i++) {
        f.apply(i, put("key%03d".formatted(i), i, "v".repeat(300)), put("hot", i, "h".repeat(300)));
      }
      f.flush();
      assertThat(f.tablet.stats().runs()).isEqualTo(1);
      assertThat(f.tablet.stats().files()).isGreaterThan(3);
      assertThat(f.scan(KeyRange.ALL, 200, false)).hasSize(201).isSorted();
      assertThat(f.scan(KeyRange.ALL, 200, true)).hasSize(201);
      assertThat(f.read("hot", 100)).hasSize(300);
      assertThat(f.read("key150", 200)).hasSize(300);
      assertThat(f.read("key1505", 200)).isEqualTo("-");
    }
  }

  @Test
  void manifestAndFilesCanBeLookedInto() throws Exception {
    try (TabletFixture f = new TabletFixture(17, OPTIONS)) {
      f.apply(3, put("a", 10, "secret"), delete("b", 10));
      f.flush();
      List<String> lines = new ArrayList<>();
      TabletInspector.printManifest(f.env.disk(), TabletFixture.FOLDER + "/MANIFEST", lines::add);
      TabletInspector.printFile(
          f.env.disk(), TabletFixture.FOLDER, "00000001.tab", 100, lines::add);
      assertThat(lines)
          .anyMatch(line -> line.contains("every entry up to 3, 1 runs"))
          .anyMatch(line -> line.contains("00000001.tab") && line.contains("2 versions"))
          .anyMatch(line -> line.contains("61@1970") && line.endsWith("6 bytes"))
          .anyMatch(line -> line.contains("62@1970") && line.endsWith("tombstone"))
          .noneMatch(line -> line.contains("secret"));
    }
  }

  /** Reliability G.3: a file that fails its checksum is put aside, never served. */
  @Test
  void aDamagedFileIsQuarantined() throws Exception {
    try (TabletFixture f = new TabletFixture(10, OPTIONS)) {
      f.apply(1, put("a", 10, "a10"));
      f.flush();
      String file = f.files().getFirst();
      f.world.crash(SERVER);
      f.world.disk(SERVER).flipBit(file, 200, 5);
      f.env = f.world.restart(SERVER);
      assertThatThrownBy(f::open)
          .isInstanceOf(TabletDamagedException.class)
          .hasMessageContaining(file)
          .hasMessageContaining("rebuild this replica");
      assertThat(f.world.disk(SERVER).paths()).contains(file + ".damaged").doesNotContain(file);
    }
  }

  @Test
  void aDamagedManifestIsRefused() throws Exception {
    try (TabletFixture f = new TabletFixture(11, OPTIONS)) {
      f.apply(1, put("a", 10, "a10"));
      f.flush();
      f.world.crash(SERVER);
      f.world.disk(SERVER).flipBit(TabletFixture.FOLDER + "/MANIFEST", 20, 5);
      f.env = f.world.restart(SERVER);
      assertThatThrownBy(f::open)
          .isInstanceOf(TabletDamagedException.class)
          .hasMessageContaining("MANIFEST");
    }
  }

  /** Reliability T25: without room a flush waits; the rows stay readable and nothing is lost. */
  @Test
  void aFlushWaitsForRoomOnTheDisk() {
    try (TabletFixture f = new TabletFixture(12, OPTIONS)) {
      f.apply(1, put("a", 10, "a10"));
      f.world.disk(SERVER).capacity(100);
      f.flush();
      assertThat(f.host.checkpoints).isEmpty();
      assertThat(f.host.failures).isEmpty();
      assertThat(f.read("a", 10)).isEqualTo("a10");
      f.apply(2, put("b", 20, "b20"));
      f.world.disk(SERVER).capacity(Long.MAX_VALUE);
      f.world.runFor(Duration.ofSeconds(20));
      assertThat(f.host.checkpoints).containsExactly(1L);
      f.flush();
      assertThat(f.host.checkpoints).containsExactly(1L, 2L);
      assertThat(f.files()).hasSize(2);
    }
  }

  /** Whoever looks at a file right after writing it has all that it needs to write it again. */
  @Test
  void aFileThatIsDamagedWhileItIsWrittenIsWrittenAgainOnce() {
    try (TabletFixture f = new TabletFixture(12, OPTIONS)) {
      f.apply(1, put("a", 10, "a10"));
      flipBits(f, 1);
      f.flush();
      assertThat(f.host.failures).isEmpty();
      assertThat(f.host.checkpoints).containsExactly(1L);
      assertThat(f.read("a", 10)).isEqualTo("a10");
      f.apply(2, put("b", 20, "b20"));
      flipBits(f, 2);
      f.flush();
      assertThat(f.host.failures).singleElement().isInstanceOf(TabletDamagedException.class);
      assertThat(f.host.checkpoints).containsExactly(1L);
      assertThat(f.read("b", 20)).isEqualTo("b20");
    }
  }

  /** So many times, a file that has just appeared is damaged. */
  private static void flipBits(TabletFixture f, int times) {
    List<String> before = f.files();
    int[] left = {times};
    boolean[] whole = {true};
    f.world.afterEveryEvent(() -> {
      boolean fresh = f.files().size() > before.size();
      if (fresh && whole[0] && left[0]-- > 0) {
        try {
          f.world.disk(SERVER).flipBit(f.files().getLast(), 200, 5);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      whole[0] = !fresh;
    });
  }

  /** Reliability T19: an error of a force is final and told to the host. */
  @Test
  void aFailedForceIsFinal() {
    try (TabletFixture f = new TabletFixture(13, OPTIONS)) {
      f.apply(1, put("a", 10, "a10"));
      f.world.disk(SERVER).failForces(1);
      f.flush();
      assertThat(f.host.failures).hasSize(1);
      assertThat(f.host.checkpoints).isEmpty();
      assertThat(f.read("a", 10)).isEqualTo("a10");
      f.flush();
      assertThat(f.host.checkpoints).isEmpty();
    }
  }

  @Test
  void equalVersionsGiveEqualFiles() throws Exception {
    byte[][] bytes = new byte[2][];
    for (int i = 0; i < 2; i++) {
      try (TabletFixture f = new TabletFixture(100 + i, OPTIONS)) {
        for (int j = 1; j <= 500; j++) {
          f.apply(j, put("key" + j * 7919 % 500, j, "value " + j));
        }
        f.flush();
        f.apply(501, put("z", 600, "z"));
        f.flush();
        f.compact();
        bytes[i] = f.world.disk(SERVER).bytes(f.files().getFirst());
      }
    }
    assertThat(bytes[0]).isEqualTo(bytes[1]);
  }

  @Test
  void scansStopWhenTheVisitorHasEnough() {
    try (TabletFixture f = new TabletFixture(14, OPTIONS)) {
      f.apply(1, put("a", 1, "1"), put("b", 1, "2"), put("c", 1, "3"));
      int[] seen = new int[1];
      for (boolean reverse : List.of(true, false)) {
        seen[0] = 0;
        f.tablet.scan(KeyRange.ALL, reverse, new Timestamp(5), (k, v) -> ++seen[0] < 2);
        assertThat(seen[0]).isEqualTo(2);
      }
      KeyRange middle = new KeyRange(key("b"), key("c"));
      assertThat(f.scan(middle, 5, false)).containsExactly("b=2");
      assertThat(f.scan(middle, 5, true)).containsExactly("b=2");
      f.flush();
      assertThat(f.scan(middle, 5, false)).containsExactly("b=2");
      assertThat(f.scan(middle, 5, true)).containsExactly("b=2");
      assertThat(f.scan(new KeyRange(key("c"), key("b")), 5, true)).isEmpty();
    }
  }
}
