package io.meridiandb.spanserver.tablet;

import static io.meridiandb.spanserver.tablet.TabletFixture.SERVER;
import static io.meridiandb.spanserver.tablet.TabletFixture.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Damage is found, nothing damaged is served, and another replica's image heals it (G.3). */
class TabletRepairTest {
  private static final TabletOptions OPTIONS =
      new TabletOptions(1 << 20, Duration.ofMinutes(10), 5, 1 << 20);

  @Test
  void aDamagedTabletIsPutAsideAndBuiltAnew() throws Exception {
    try (TabletFixture good = filled(1);
        TabletFixture bad = filled(2)) {
      for (String damaged : List.of("00000001.tab", Manifest.NAME)) {
        flip(bad, TabletFixture.FOLDER + "/" + damaged);
        bad.env = bad.world.restart(SERVER);
        bad.openOrPutAside();
        assertThat(bad.tablet.flushedIndex()).isZero();
        assertThat(bad.tablet.checkpointState()).isEmpty();
        assertThat(bad.scan(KeyRange.ALL, 99, false)).isEmpty();
        assertThat(putAside(bad)).hasSize(3);
        bad.crash();
        assertThat(bad.tablet.flushedIndex()).as("still empty after another start").isZero();
        install(good, bad);
        Timestamp at = new Timestamp(25);
        assertThat(bad.tablet.checksum(KeyRange.ALL, at))
            .isEqualTo(good.tablet.checksum(KeyRange.ALL, at));
        assertThat(bad.tablet.checksum(KeyRange.ALL, at).rows()).isEqualTo(2);
        assertThat(putAside(bad)).as("no longer needed").isEmpty();
        bad.flush();
      }
    }
  }

  @Test
  void aScrubFindsWhatRotted() throws Exception {
    try (TabletFixture f = filled(3)) {
      f.run(f.tablet::scrub);
      f.settle();
      assertThat(f.host.damages).isEmpty();
      String file = f.files().getFirst();
      f.world.disk(SERVER).flipBit(file, 123, 3);
      f.run(f.tablet::scrub);
      f.settle();
      assertThat(f.host.damages).hasSize(1);
      assertThat(f.host.damages.getFirst()).hasMessageContaining(file);
    }
  }

  /** Once a day, without being asked. */
  @Test
  void aTabletIsScrubbedByItself() throws Exception {
    try (TabletFixture f = filled(4)) {
      f.world.disk(SERVER).flipBit(f.files().getFirst(), 123, 3);
      f.world.runFor(Scrubber.EVERY.plusMinutes(1));
      assertThat(f.host.damages).hasSize(1);
    }
  }

  /** Replicas whose files differ in every byte show the same rows. */
  @Test
  void checksumsTellReplicasThatShowTheSameFromOthers() {
    try (TabletFixture a = new TabletFixture(5, OPTIONS);
        TabletFixture b = new TabletFixture(6, OPTIONS)) {
      for (int i = 1; i <= 20; i++) {
        VersionWrite write =
            i % 5 == 0 ? TabletFixture.delete("k" + i % 3, i * 10) : put("k" + i % 3, i * 10, "v");
        a.apply(i, write);
        b.apply(i, write);
        if (i % 7 == 0) {
          a.flush();
          a.host.horizon = new Timestamp(i * 10 - 20);
          a.compact();
        }
      }
      Timestamp at = new Timestamp(150);
      assertThat(a.tablet.checksum(KeyRange.ALL, at))
          .isEqualTo(b.tablet.checksum(KeyRange.ALL, at));
      b.apply(21, put("k1", 145, "other"));
      assertThat(a.tablet.checksum(KeyRange.ALL, at))
          .isNotEqualTo(b.tablet.checksum(KeyRange.ALL, at));
    }
  }

  @Test
  void aCheckpointsChecksumCanBePrinted() throws IOException {
    try (TabletFixture f = filled(8)) {
      f.run(() ->
          f.tablet.apply(
              3, List.of(), List.of(new KeyRange(TabletFixture.key("b"), TabletFixture.key("c")))));
      f.apply(4, put("d", 40, "d40"));
      f.flush();
      List<String> lines = new ArrayList<>();
      TabletInspector.printChecksum(f.env.disk(), TabletFixture.FOLDER, Timestamp.MAX, lines::add);
      RangeChecksum sum = f.tablet.checksum(KeyRange.ALL, Timestamp.MAX);
      assertThat(sum.rows()).isEqualTo(2);
      assertThat(lines)
          .singleElement()
          .asString()
          .contains("up to 4,", "2 rows", "checksum %08x".formatted(sum.crc()));
    }
  }

  @Test
  void aCheckpointOnDemandSparesTheNextStartTheLog() {
    try (TabletFixture f = filled(7)) {
      f.apply(5, put("a", 50, "a50"));
      CompletableFuture<Void> durable = f.onStrand(f.tablet::checkpoint);
      f.run(() -> f.tablet.apply(6, List.of(put("a", 60, "a60"))));
      CompletableFuture<Void> next = f.onStrand(f.tablet::checkpoint);
      f.world.runUntil(next::isDone, Duration.ofSeconds(5));
      assertThat(durable).isCompleted();
      assertThat(next).isCompleted();
      f.crash();
      assertThat(f.tablet.appliedIndex()).isEqualTo(6);
      assertThat(f.onStrand(f.tablet::checkpoint)).isCompleted();
      f.apply(7, put("a", 70, "a70"));
      CompletableFuture<Void> lost = f.onStrand(f.tablet::checkpoint);
      f.run(f.tablet::close);
      assertThat(lost).isCompletedExceptionally();
    }
  }

  private static TabletFixture filled(long seed) {
    TabletFixture f = new TabletFixture(seed, OPTIONS);
    f.apply(1, put("a", 10, "a10"), put("b", 10, "b10"));
    f.flush();
    f.apply(2, put("a", 20, "a20"));
    f.host.state = new byte[] {7};
    f.flush();
    return f;
  }

  private static void flip(TabletFixture f, String path) throws IOException {
    f.world.crash(SERVER);
    String file = f.world.disk(SERVER).paths().contains(path) ? path : f.files().getFirst();
    f.world.disk(SERVER).flipBit(file, 30, 1);
  }

  private static List<String> putAside(TabletFixture f) {
    return f.world.disk(SERVER).paths().stream()
        .filter(path -> path.endsWith(TabletFile.QUARANTINE))
        .toList();
  }

  private static void install(TabletFixture from, TabletFixture to) {
    CheckpointImage image = from.onStrand(from.tablet::exportImage);
    CheckpointInstall sink = to.onStrand(() -> to.tablet.importImage(() -> {}));
    while (sink.position() < image.length()) {
      ByteString part = from.onStrand(() -> image.read(sink.position(), 1 << 20)).join();
      to.run(() -> sink.write(sink.position(), part));
      to.settle();
    }
    CompletableFuture<Void> done = to.onStrand(sink::finish);
    to.world.runUntil(done::isDone, Duration.ofSeconds(5));
    assertThat(done).isCompleted();
    to.settle();
    from.run(image::close);
  }
}
