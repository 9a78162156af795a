package io.meridiandb.truetime.masters;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Guards reliability D12: liars are cut off, and no honest minority's time is lost. */
final class MarzulloTest {
  private static final int LAST = 4;

  private static TTInterval interval(long from, long to) {
    return new TTInterval(new Timestamp(from), new Timestamp(to));
  }

  private static boolean holds(TTInterval interval, long t) {
    return interval.earliest().nanos() <= t && t <= interval.latest().nanos();
  }

  @Test
  void honestClocksOverlapAndALiarIsCutOff() {
    List<TTInterval> three = List.of(interval(8, 12), interval(11, 13), interval(14, 15));
    assertThat(Marzullo.agree(three, 1)).contains(interval(11, 12));
    assertThat(Marzullo.liar(three.get(2), interval(11, 12))).isTrue();
    assertThat(Marzullo.liar(three.get(1), interval(11, 12))).isFalse();
  }

  @Test
  void aLiarAtTheEdgeOfTheHonestOnesDoesNotNarrowThem() {
    // The most overlap is 0..1, by two honest ones and a liar; the time may be 5.
    List<TTInterval> three = List.of(interval(0, 10), interval(0, 10), interval(0, 1));
    assertThat(Marzullo.agree(three, 1)).contains(interval(0, 10));
  }

  @Test
  void moreLiarsThanAllowedAreFoundOut() {
    List<TTInterval> three = List.of(interval(0, 1), interval(3, 4), interval(6, 7));
    assertThat(Marzullo.agree(three, 1)).isEmpty();
    assertThat(Marzullo.agree(three, 2)).contains(interval(0, 7));
    assertThat(Marzullo.agree(three, 3)).isEmpty();
    assertThat(Marzullo.agree(List.of(), 0)).isEmpty();
  }

  @Test
  void allSetsOfUpToFourSmallIntervals() {
    List<TTInterval> all = new ArrayList<>();
    for (int from = 0; from <= LAST; from++) {
      for (int to = from; to <= LAST; to++) {
        all.add(interval(from, to));
      }
    }
    int sets = 0;
    for (int size = 1; size <= 4; size++) {
      sets += everySet(all, new ArrayList<>(), size);
    }
    assertThat(sets).isEqualTo(15 + 15 * 15 + 15 * 15 * 15 + 15 * 15 * 15 * 15);
  }

  private static int everySet(List<TTInterval> all, List<TTInterval> chosen, int size) {
    if (size == 0) {
      for (int liars = 0; liars < chosen.size(); liars++) {
        check(chosen, liars);
      }
      return 1;
    }
    int sets = 0;
    for (TTInterval next : all) {
      chosen.addLast(next);
      sets += everySet(all, chosen, size - 1);
      chosen.removeLast();
    }
    return sets;
  }

  /** The result is the hull of the moments that the time may be at: none is lost, none is added. */
  private static void check(List<TTInterval> intervals, int liars) {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (long t = 0; t <= LAST; t++) {
      long moment = t;
      if (intervals.stream().filter(i -> holds(i, moment)).count() >= intervals.size() - liars) {
        first = Math.min(first, t);
        last = Math.max(last, t);
      }
    }
    Optional<TTInterval> expected =
        first > last ? Optional.empty() : Optional.of(interval(first, last));
    assertThat(Marzullo.agree(intervals, liars))
        .as("%s, %d liars", intervals, liars)
        .isEqualTo(expected);
  }
}
