package io.meridiandb.truetime;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a server's clock was at one moment, for people.
 *
 * @param now TrueTime at that moment
 * @param source where it comes from, as configured
 * @param fencedBecause why the server leads nothing and votes for nobody; null if its clock is good
 * @param distrusted the servers whose clocks contradict this one's
 */
public record ClockStatus(
    TTInterval now, String source, @Nullable String fencedBecause, List<ServerId> distrusted) {
  public ClockStatus {
    distrusted = List.copyOf(distrusted);
  }

  /** Its health in a few words: {@code good}, or what is wrong. */
  public static String health(@Nullable String fencedBecause, List<ServerId> distrusted) {
    if (fencedBecause != null) {
      return "fenced: " + fencedBecause;
    }
    return distrusted.isEmpty()
        ? "good"
        : "does not talk with "
            + distrusted.stream().map(ServerId::toString).collect(Collectors.joining(", "));
  }

  /** Whether the server must lead nothing. */
  public boolean fenced() {
    return fencedBecause != null;
  }
}
