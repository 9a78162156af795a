package io.meridiandb.paxos.log;

import static io.meridiandb.paxos.log.LogFixture.B1;
import static io.meridiandb.paxos.log.LogFixture.B2;
import static io.meridiandb.paxos.log.LogFixture.G;
import static io.meridiandb.paxos.log.LogFixture.SERVER;
import static io.meridiandb.paxos.log.LogFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments that nobody needs any more are the next ones. */
class SegmentReuseTest {
  private static final LogOptions TINY = new LogOptions(4 << 10, 1 << 10);
  private static final GroupId OTHER = new GroupId(9);

  @Test
  void segmentsBehindCheckpointsAreUsedAgainAndTheirOldRecordsDoNotCount() {
    try (LogFixture f = new LogFixture(5, TINY)) {
      f.durably(new LogRecord.Promise(OTHER, B2), entry(OTHER, 1, B1, "stays"));
      f.durably(new LogRecord.CutPrefix(OTHER, 1, B1));
      for (int i = 1; i <= 300; i++) {
        f.durably(entry(i, "entry " + i + "-".repeat(100)));
        if (i % 20 == 0) {
          f.durably(new LogRecord.CutPrefix(G, i - 5, B1));
        }
      }
      assertThat(f.world.counters(SERVER).get("log.segments.released")).isGreaterThan(5);
      long files = f.world.disk(SERVER).paths().stream().filter(p -> p.startsWith("log/")).count();
      assertThat(files).isLessThanOrEqualTo(5);
      f.crash();
      assertThat(f.log.recovered().group(OTHER).promised()).isEqualTo(B2);
      assertThat(f.log.recovered().group(OTHER).baseIndex()).isEqualTo(1);
      assertThat(f.recovered().baseIndex()).isEqualTo(295);
      assertThat(f.recovered().entries()).hasSize(5);
    }
  }

  /** Zeroes for new segments would double what a busy log writes. */
  @ParameterizedTest
  @ValueSource(ints = {3, 15, 25})
  void aLogWhoseOldSegmentsGoInTimeMakesNoNewOnes(int entriesNeeded) {
    try (LogFixture f = new LogFixture(5, TINY)) {
      long made = 0;
      for (int i = 1; i <= 400; i++) {
        f.durably(entry(i, "entry " + i + "-".repeat(100)));
        f.durably(new LogRecord.CutPrefix(G, Math.max(0, i - entriesNeeded), B1));
        if (i == 100) {
          made = f.world.counters(SERVER).get("log.segments.made");
        }
      }
      assertThat(f.world.counters(SERVER).get("log.segments.made")).isEqualTo(made);
      assertThat(f.world.counters(SERVER).get("log.segments.released")).isGreaterThan(15);
    }
  }

  @Test
  void restartsWithoutWorkDoNotEatTheDisk() {
    try (LogFixture f = new LogFixture(6, TINY)) {
      f.durably(new LogRecord.Promise(G, B1));
      for (int i = 0; i < 10; i++) {
        f.kill();
      }
      assertThat(f.recovered().promised()).isEqualTo(B1);
      assertThat(f.world.disk(SERVER).paths()).hasSizeLessThanOrEqualTo(4);
    }
  }
}
