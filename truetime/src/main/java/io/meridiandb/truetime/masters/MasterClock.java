package io.meridiandb.truetime.masters;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.truetime.ClockReading;
import io.meridiandb.truetime.ClockSource;
import io.meridiandb.truetime.Drift;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The time that several masters give (Spanner OSDI'12, section 3), carried on between polls by
 * CLOCK_BOOTTIME: ε is the masters' own, plus the whole round trip (nobody knows which way was the
 * slow one), plus 200 µs for each second since.
 *
 * <p>Fewer than half of the masters may lie: {@link Marzullo} throws them out. While half of them
 * or fewer have ever answered there is no time. The reading is callable from any thread; answers
 * come on one strand.
 */
final class MasterClock implements ClockSource {
  /** Where the time was when the boot clock showed {@code boot}. */
  private record Known(long boot, TTInterval interval) {
    TTInterval at(long now) {
      long passed = Math.max(0, now - boot);
      return new TTInterval(
          interval.earliest().plusNanos(passed - Drift.of(passed)),
          interval.latest().plusNanos(passed + Drift.of(passed)));
    }
  }

  private final List<ServerId> masters;
  private final Clocks clocks;
  private final Map<ServerId, Known> answers = new TreeMap<>();
  private volatile @Nullable Known agreed;
  private volatile List<ServerId> liars = List.of();
  private volatile String complaint = "none has answered";

  MasterClock(List<ServerId> masters, Clocks clocks) {
    Invariants.check(!masters.isEmpty(), "no time masters");
    this.masters = List.copyOf(masters);
    this.clocks = clocks;
  }

  List<ServerId> masters() {
    return masters;
  }

  /**
   * A master has answered.
   *
   * @param asked the boot clock before it was asked, {@code heard} after its answer came
   * @param told what it read in between
   */
  void heard(ServerId master, long asked, long heard, TTInterval told) {
    long roundTrip = Math.max(0, heard - asked);
    TTInterval atLeast =
        new TTInterval(told.earliest(), told.latest().plusNanos(roundTrip + Drift.of(roundTrip)));
    answers.merge(master, new Known(heard, atLeast), MasterClock::better);
    List<TTInterval> now = new ArrayList<>();
    answers.values().forEach(answer -> now.add(answer.at(heard)));
    int mayLie = (masters.size() - 1) / 2;
    Optional<TTInterval> found = Marzullo.agree(now, mayLie);
    if (found.isPresent()) {
      TTInterval interval = found.get();
      agreed = new Known(heard, interval);
      liars =
          answers.entrySet().stream()
              .filter(answer -> Marzullo.liar(answer.getValue().at(heard), interval))
              .map(Map.Entry::getKey)
              .toList();
    }
  }

  /** An answer that came quickly is worth more than a later one that came slowly. */
  private static Known better(Known old, Known next) {
    TTInterval carried = old.at(next.boot());
    boolean agree = !Marzullo.liar(carried, next.interval());
    return agree && carried.epsilonNanos() < next.interval().epsilonNanos() ? old : next;
  }

  /** A master cannot tell the time, or gives no answer. */
  void silent(ServerId master, String why) {
    complaint = master + ": " + why;
  }

  /** The masters whose last answers cannot be true. */
  List<ServerId> liars() {
    return liars;
  }

  @Override
  public ClockReading read() {
    Known known = agreed;
    return known == null
        ? new ClockReading.Bad(
            "too few of the time masters %s have told the time yet (%s)"
                .formatted(masters, complaint))
        : new ClockReading.Good(known.at(clocks.bootNanos()));
  }
}
