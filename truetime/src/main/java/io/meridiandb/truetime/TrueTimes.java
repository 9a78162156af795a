package io.meridiandb.truetime;

import io.meridiandb.kernel.time.Clocks;
import java.time.Duration;

/**
 * Makes the TrueTime source that a configuration names.
 *
 * <ul>
 *   <li>{@code shared-host}: all servers of the universe run on this host; ε = 0.
 *   <li>{@code static:<bound>}: the wall clock, vouched to be right within {@code bound}, such as
 *       {@code static:5ms}; units {@code us}, {@code ms}, {@code s}.
 * </ul>
 */
public final class TrueTimes {
  /** A clock that may be wrong by more than this leads nothing; the limit for {@code static}. */
  public static final Duration UNCERTAINTY_MAX = Duration.ofMillis(250);

  private static final String SHARED_HOST = "shared-host";
  private static final String STATIC = "static:";

  private TrueTimes() {}

  /**
   * The source named by {@code text}, never going back.
   *
   * @param text as in the class comment
   * @param clocks the raw clocks of this server
   * @param anchor the universe's offset for this boot; only {@code shared-host} reads it
   * @throws IllegalArgumentException if the text names no source, its bound is out of range, or the
   *     anchor is of another boot; the message says what to do
   */
  public static TrueTime fromConfig(String text, Clocks clocks, HostAnchor anchor) {
    if (text.equals(SHARED_HOST)) {
      return sharedHost(clocks, anchor);
    }
    if (text.startsWith(STATIC)) {
      return staticBound(clocks, bound(text));
    }
    throw new IllegalArgumentException(
        "clock source \"%s\" is not known: use shared-host, or static:<bound> such as static:5ms"
            .formatted(text));
  }

  /** The source for servers of one host. */
  public static TrueTime sharedHost(Clocks clocks, HostAnchor anchor) {
    return new MonotoneTrueTime(new SharedHostTrueTime(clocks, anchor));
  }

  /**
   * The wall clock within {@code bound}.
   *
   * @param bound half the interval's width; 0 to {@link #UNCERTAINTY_MAX}
   */
  public static TrueTime staticBound(Clocks clocks, Duration bound) {
    if (bound.isNegative() || bound.compareTo(UNCERTAINTY_MAX) > 0) {
      throw new IllegalArgumentException(
          "a clock bound of %d ms is out of range: 0 to %d ms"
              .formatted(bound.toMillis(), UNCERTAINTY_MAX.toMillis()));
    }
    return new MonotoneTrueTime(new StaticTrueTime(clocks, bound.toNanos()));
  }

  private static Duration bound(String text) {
    String amount = text.substring(STATIC.length());
    try {
      if (amount.endsWith("us")) {
        return Duration.ofNanos(Math.multiplyExact(1_000L, number(amount, 2)));
      }
      if (amount.endsWith("ms")) {
        return Duration.ofMillis(number(amount, 2));
      }
      if (amount.endsWith("s")) {
        return Duration.ofSeconds(number(amount, 1));
      }
    } catch (NumberFormatException e) {
      throw unreadable(text);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("the clock bound in \"" + text + "\" is out of range");
    }
    throw unreadable(text);
  }

  private static long number(String amount, int unitLength) {
    return Long.parseLong(amount.substring(0, amount.length() - unitLength));
  }

  private static IllegalArgumentException unreadable(String text) {
    return new IllegalArgumentException(
        "the clock bound in \"%s\" cannot be read: write a whole number with us, ms or s"
            .formatted(text));
  }
}
