package io.meridiandb.truetime;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.truetime.masters.MastersTrueTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the TrueTime source that a configuration names.
 *
 * <ul>
 *   <li>{@code shared-host}: all servers of the universe run on this host; ε = 0.
 *   <li>{@code static:<bound>}: the wall clock, vouched to be right within {@code bound}, such as
 *       {@code static:5ms}; units {@code us}, {@code ms}, {@code s}.
 *   <li>{@code adjtimex}: the wall clock with the Linux kernel's bound, kept by chronyd or ntpd.
 *   <li>{@code clockbound}, or {@code clockbound:<path>}: the wall clock with the bound that AWS
 *       ClockBound's daemon publishes; {@link #CLOCKBOUND_PATH} if no path is given.
 *   <li>{@code masters:<ids>@<source>}: time masters among the servers, such as {@code
 *       masters:1,2,3@adjtimex}: servers 1, 2 and 3 tell all others, and each other, the time of
 *       the source behind the @.
 * </ul>
 */
public final class TrueTimes {
  /** A clock that may be wrong by more than this leads nothing; the limit for {@code static}. */
  public static final Duration UNCERTAINTY_MAX = Duration.ofMillis(250);

  /** Where ClockBound's daemon publishes (its protocol version 2). */
  public static final Path CLOCKBOUND_PATH = Path.of("/var/run/clockbound/shm0");

  /** The name of the source for servers of one host, which their greeting checks. */
  public static final String SHARED_HOST = "shared-host";

  private static final String STATIC = "static:";
  private static final String ADJTIMEX = "adjtimex";
  private static final String CLOCKBOUND = "clockbound";
  private static final String MASTERS = "masters:";

  private TrueTimes() {}

  /**
   * The source named by {@code text}, guarded: it never goes back, and knows when it cannot be
   * relied upon.
   *
   * @param text as in the class comment
   * @param clocks the raw clocks of this server
   * @param anchor the universe's offset for this boot; only {@code shared-host} reads it
   * @param host what the host tells of its clock; only {@code adjtimex} and {@code clockbound} ask
   * @throws IllegalArgumentException if the text names no source, its bound is out of range, or the
   *     anchor is of another boot; the message says what to do
   * @throws ClockFaultException if the source cannot tell the time now; the message says why
   */
  public static TrueTime fromConfig(String text, Clocks clocks, HostAnchor anchor, HostTime host) {
    if (text.startsWith(MASTERS)) {
      return masters(text, clocks, anchor, host);
    }
    TrueTime time = local(text, clocks, anchor, host);
    time.now();
    String fault = time.fault();
    if (fault != null) {
      throw new ClockFaultException("clock source %s tells no time: %s".formatted(text, fault));
    }
    return time;
  }

  private static TrueTime local(String text, Clocks clocks, HostAnchor anchor, HostTime host) {
    if (text.equals(SHARED_HOST)) {
      return sharedHost(clocks, anchor);
    }
    if (text.startsWith(STATIC)) {
      return staticBound(clocks, bound(text));
    }
    if (text.equals(ADJTIMEX)) {
      return guard(text, new AdjtimexSource(clocks, host), clocks);
    }
    if (text.equals(CLOCKBOUND) || text.startsWith(CLOCKBOUND + ":")) {
      Path path =
          text.equals(CLOCKBOUND)
              ? CLOCKBOUND_PATH
              : Path.of(text.substring(CLOCKBOUND.length() + 1));
      return guard(text, new ClockBoundSource(clocks, host, path), clocks);
    }
    throw new IllegalArgumentException(
        ("clock source \"%s\" is not known: use shared-host, static:<bound> such as static:5ms,"
                + " adjtimex, clockbound, or masters:<server ids>@<source> such as"
                + " masters:1,2,3@adjtimex")
            .formatted(text));
  }

  /** The source for servers of one host. */
  public static TrueTime sharedHost(Clocks clocks, HostAnchor anchor) {
    return new SharedHostTrueTime(clocks, anchor);
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
    String name = STATIC + bound.toNanos() / 1_000 + "us";
    return guard(name, new StaticSource(clocks, bound.toNanos()), clocks);
  }

  /** TrueTime of {@code source}: see {@link GuardedTrueTime}. */
  static TrueTime guard(String name, ClockSource source, Clocks clocks) {
    return new GuardedTrueTime(name, source, clocks);
  }

  private static TrueTime masters(String text, Clocks clocks, HostAnchor anchor, HostTime host) {
    int at = text.indexOf('@');
    if (at < 0) {
      throw new IllegalArgumentException(
          "\"%s\" does not say which clock the masters have: write masters:<server ids>@<source>, such as masters:1,2,3@adjtimex"
              .formatted(text));
    }
    List<ServerId> masters = new ArrayList<>();
    try {
      for (String id : text.substring(MASTERS.length(), at).split(",", -1)) {
        masters.add(new ServerId(Long.parseLong(id.strip())));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the masters in \"%s\" cannot be read: write server ids with commas, such as masters:1,2,3@adjtimex"
              .formatted(text));
    }
    TrueTime reference = local(text.substring(at + 1), clocks, anchor, host);
    return new MastersTrueTime(masters, clocks, reference, source -> guard(text, source, clocks));
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
