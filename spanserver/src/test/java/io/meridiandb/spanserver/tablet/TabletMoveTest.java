package io.meridiandb.spanserver.tablet;

import static io.meridiandb.spanserver.tablet.TabletFixture.delete;
import static io.meridiandb.spanserver.tablet.TabletFixture.key;
import static io.meridiandb.spanserver.tablet.TabletFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ranges leave a tablet and come to another with all their versions (protocol G23). */
class TabletMoveTest {
  private static final TabletOptions OPTIONS =
      new TabletOptions(1 << 20, Duration.ofMinutes(10), 5, 1 << 20);
  private static final KeyRange B = new KeyRange(key("b"), key("c"));

  @Test
  void aWipedRangeIsGoneAndMayBeWrittenAgain() {
    try (TabletFixture f = new TabletFixture(1, OPTIONS)) {
      f.apply(1, put("a", 10, "a"), put("b1", 10, "old"), put("b2", 10, "old"), put("c", 10, "c"));
      f.flush();
      f.apply(2, put("b1", 20, "old"), put("b3", 20, "old"));
      f.run(() -> f.tablet.apply(3, List.of(), List.of(B)));
      f.apply(4, put("b2", 15, "new"));
      List<String> left = List.of("a=a", "b2=new", "c=c");
      assertThat(f.scan(KeyRange.ALL, 99, false)).isEqualTo(left);
      assertThat(f.scan(KeyRange.ALL, 99, true)).isEqualTo(left.reversed());
      assertThat(f.read("b1", 99)).isEqualTo("-");
      f.flush();
      assertThat(f.scan(KeyRange.ALL, 99, false)).isEqualTo(left);
      f.crash();
      assertThat(f.tablet.appliedIndex()).isEqualTo(4);
      assertThat(f.scan(KeyRange.ALL, 99, false)).isEqualTo(left);
      f.compact();
      assertThat(f.scan(KeyRange.ALL, 99, false)).isEqualTo(left);
      assertThat(f.tablet.stats().fileVersions()).as("the wiped ones are gone").isEqualTo(3);
    }
  }

  /** G17: a checkpoint is the state at its index, so what was wiped later is in it. */
  @Test
  void aMergeKeepsWhatTheCheckpointHas() {
    try (TabletFixture f = new TabletFixture(2, OPTIONS)) {
      f.apply(1, put("b1", 10, "one"));
      f.flush();
      f.apply(2, put("b2", 20, "two"));
      f.flush();
      f.run(() -> f.tablet.apply(3, List.of(), List.of(B)));
      f.compact();
      assertThat(f.scan(KeyRange.ALL, 99, false)).isEmpty();
      f.crash();
      assertThat(f.tablet.appliedIndex()).isEqualTo(2);
      assertThat(f.scan(KeyRange.ALL, 99, false)).containsExactly("b1=one", "b2=two");
      f.run(() -> f.tablet.apply(3, List.of(), List.of(B)));
      f.flush();
      assertThat(f.scan(KeyRange.ALL, 99, false)).isEmpty();
      assertThat(f.files()).as("a file of which nothing is shown goes at once").isEmpty();
    }
  }

  /** Wiping during a flush: the file that is being written is hidden like the others. */
  @Test
  void aWipeDuringAFlushReachesTheFileThatIsBeingWritten() {
    try (TabletFixture f = new TabletFixture(3, OPTIONS)) {
      f.apply(1, put("a", 10, "a"), put("b1", 10, "b"));
      f.run(() -> {
        f.tablet.flush();
        f.tablet.apply(2, List.of(), List.of(B));
      });
      f.settle();
      assertThat(f.tablet.flushedIndex()).isEqualTo(1);
      assertThat(f.scan(KeyRange.ALL, 99, false)).containsExactly("a=a");
      f.apply(3, put("b2", 30, "new"));
      f.flush();
      f.crash();
      assertThat(f.scan(KeyRange.ALL, 99, false)).containsExactly("a=a", "b2=new");
    }
  }

  /** A tablet most of which was wiped is merged by itself, or its bytes would stay for ever. */
  @Test
  void mostlyWipedFilesAreMerged() {
    try (TabletFixture f = new TabletFixture(4, OPTIONS)) {
      String value = "v".repeat(500);
      for (int i = 0; i < 400; i++) {
        f.apply(i + 1, put((i < 100 ? "a" : i < 300 ? "b" : "c") + (1000 + i), 10, value));
      }
      f.flush();
      f.run(() -> f.tablet.apply(500, List.of(), List.of(B)));
      f.flush();
      assertThat(f.tablet.stats().fileVersions()).isEqualTo(200);
    }
  }

  @Test
  void versionsComeOverWithTheirTimestamps() {
    try (TabletFixture from = new TabletFixture(5, OPTIONS);
        TabletFixture to = new TabletFixture(6, OPTIONS)) {
      for (int i = 0; i < 50; i++) {
        from.apply(i + 1, put("b" + i % 7, i * 10, "v" + i), delete("b" + (i + 3) % 7, i * 10 + 1));
        if (i % 20 == 0) {
          from.flush();
        }
      }
      long index = copy(from, to, 0, Timestamp.MIN, new Timestamp(300));
      index = copy(from, to, index, new Timestamp(300), new Timestamp(400));
      copy(from, to, index, new Timestamp(400), new Timestamp(1000));
      for (long at = 0; at < 520; at++) {
        assertThat(to.scan(B, at, false)).as("at %s", at).isEqualTo(from.scan(B, at, false));
      }
      assertThat(to.tablet.checksum(B, new Timestamp(333)))
          .isEqualTo(from.tablet.checksum(B, new Timestamp(333)));
    }
  }

  /**
   * Small parts and a merge after each: tombstones may go, nothing that they covered comes back.
   */
  @Test
  void aTombstoneCollectedDuringACopyLetsNothingReappear() {
    try (TabletFixture from = new TabletFixture(7, OPTIONS);
        TabletFixture to = new TabletFixture(8, OPTIONS)) {
      from.apply(1, put("b1", 10, "v"), put("b2", 10, "v"));
      from.apply(2, delete("b1", 20), delete("b2", 20));
      to.host.horizon = new Timestamp(100);
      long index = 0;
      VersionChunk.Cursor next = null;
      do {
        VersionChunk part =
            from.tablet.exportVersions(B, Timestamp.MIN, new Timestamp(50), next, 1);
        long entry = ++index;
        to.run(() -> to.tablet.ingest(entry, part.versions(), part.horizon()));
        to.flush();
        to.compact();
        next = part.next();
      } while (next != null);
      assertThat(index).isGreaterThan(3);
      assertThat(to.scan(B, 200, false)).doesNotContain("b1=v", "b2=v");
      assertThat(to.tablet.stats().fileVersions()).isZero();
    }
  }

  @Test
  void aCopyThatWaitedTooLongMustBeginAgain() {
    try (TabletFixture f = new TabletFixture(9, OPTIONS)) {
      f.apply(1, put("b1", 10, "v"));
      f.apply(2, delete("b1", 20));
      f.flush();
      f.host.horizon = new Timestamp(30);
      f.compact();
      Timestamp until = new Timestamp(40);
      assertThatThrownBy(() -> f.tablet.exportVersions(B, new Timestamp(15), until, null, 1 << 20))
          .isInstanceOf(MeridianException.class)
          .hasMessageContaining("too old");
      VersionChunk all = f.tablet.exportVersions(B, Timestamp.MIN, until, null, 1 << 20);
      assertThat(all.versions()).isEmpty();
      assertThat(all.horizon()).isEqualTo(new Timestamp(30));
      try (TabletFixture to = new TabletFixture(10, OPTIONS)) {
        to.run(() -> to.tablet.ingest(1, all.versions(), all.horizon()));
        assertThatThrownBy(() -> to.read("b1", 29)).isInstanceOf(MeridianException.class);
        to.flush();
        to.crash();
        assertThatThrownBy(() -> to.read("b1", 29)).isInstanceOf(MeridianException.class);
      }
    }
  }

  @Test
  void sizesAndCutsComeFromSamples() {
    try (TabletFixture f = new TabletFixture(11, OPTIONS)) {
      for (int i = 0; i < 1000; i++) {
        f.apply(i + 1, put("b%04d".formatted(i), 10, "v".repeat(1000)));
        if (i == 600) {
          f.flush();
        }
      }
      long all = f.tablet.bytesIn(KeyRange.ALL);
      assertThat(all).isBetween(1_000_000L, 1_100_000L);
      KeyRange third = new KeyRange(key("b0300"), key("b0633"));
      assertThat(f.tablet.bytesIn(third)).isBetween(all / 3 - 12_000, all / 3 + 12_000);
      assertThat(f.tablet.bytesIn(new KeyRange(key("c"), null))).isZero();
      List<Key> cuts = f.tablet.splitKeys(KeyRange.ALL, 4);
      assertThat(cuts).hasSize(3).isSorted();
      List<KeyRange> parts = new ArrayList<>();
      Key start = Key.MIN;
      for (Key cut : cuts) {
        parts.add(new KeyRange(start, cut));
        start = cut;
      }
      parts.add(new KeyRange(start, null));
      for (KeyRange part : parts) {
        assertThat(f.tablet.bytesIn(part)).isBetween(all / 4 - 20_000, all / 4 + 20_000);
      }
      f.run(() -> f.tablet.apply(2000, List.of(), List.of(third)));
      assertThat(f.tablet.bytesIn(third)).isZero();
      assertThat(f.tablet.splitKeys(third, 2)).isEmpty();
    }
  }

  private static long copy(
      TabletFixture from, TabletFixture to, long index, Timestamp after, Timestamp until) {
    VersionChunk.Cursor next = null;
    long entry = index;
    do {
      VersionChunk part = from.tablet.exportVersions(B, after, until, next, 64);
      long now = ++entry;
      to.run(() -> to.tablet.ingest(now, part.versions(), part.horizon()));
      next = part.next();
    } while (next != null);
    return entry;
  }
}
