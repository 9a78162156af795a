package io.meridiandb.wire;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * How fresh the data must be that a read-only transaction or a single read sees.
 *
 * <p>Every read of Meridian happens at one timestamp: it sees exactly the transactions that
 * committed at or before it. The bound says how that timestamp is chosen.
 *
 * <ul>
 *   <li><b>Strong</b> (the default): everything that was committed before the read began is seen,
 *       wherever in the world it was committed. Far from the data's leader it costs half a round
 *       trip, as the nearest replica must learn that it is up to date.
 *   <li><b>Exact staleness</b> ("as it was 10 s ago") and <b>read timestamp</b> ("as it was at that
 *       instant"): the timestamp is given, so the nearest replica answers at once if it is that
 *       far, and the same read gives the same rows again. A timestamp in the future waits for it;
 *       more than ten seconds ahead is an error, and so is one that lies before the versions'
 *       retention (one hour by default).
 *   <li><b>Bounded staleness</b> ("at most 10 s old"): the newest timestamp at which the nearest
 *       replica needs to wait for nobody, but none older than the bound. The cheapest read of
 *       recent data; different reads may be at different timestamps, so it is for single reads
 *       only.
 * </ul>
 *
 * <pre>{@code
 * connection.unwrap(MeridianConnection.class)
 *     .setTimestampBound(TimestampBound.ofMaxStaleness(Duration.ofSeconds(10)));
 * }</pre>
 *
 * @param mode how the timestamp is chosen
 * @param nanos the staleness in nanoseconds, or the timestamp in nanoseconds since the epoch; 0 if
 *     strong
 */
public record TimestampBound(Mode mode, long nanos) {
  /** How the timestamp of a read is chosen. */
  public enum Mode {
    /** Sees all that was committed before the read began. */
    STRONG("strong"),
    /** At exactly this long ago. */
    EXACT_STALENESS("exact"),
    /** At most this long ago. */
    MAX_STALENESS("max"),
    /** At this timestamp. */
    READ_TIMESTAMP("at");

    private final String word;

    Mode(String word) {
      this.word = word;
    }
  }

  /** Longest staleness that can be written; what can be read depends on the versions' retention. */
  public static final Duration STALENESS_MAX = Duration.ofDays(365);

  private static final TimestampBound STRONG = new TimestampBound(Mode.STRONG, 0);
  private static final String[] UNITS = {"ns", "us", "ms", "s", "m", "h", "d"};
  private static final long[] UNIT_NANOS = {
    1, 1_000, 1_000_000, 1_000_000_000L, 60_000_000_000L, 3_600_000_000_000L, 86_400_000_000_000L
  };

  /** Checks that the numbers make sense. */
  public TimestampBound {
    if (mode == Mode.STRONG && nanos != 0) {
      throw new IllegalArgumentException("a strong bound has no number");
    }
    if (nanos < 0) {
      throw new IllegalArgumentException("a timestamp bound is not negative: " + nanos + " ns");
    }
    boolean staleness = mode == Mode.EXACT_STALENESS || mode == Mode.MAX_STALENESS;
    if (staleness && nanos > STALENESS_MAX.toNanos()) {
      throw new IllegalArgumentException("a staleness is at most 365 days");
    }
  }

  /** Sees everything that was committed before the read began. */
  public static TimestampBound strong() {
    return STRONG;
  }

  /** Reads the state of exactly {@code staleness} ago. */
  public static TimestampBound ofExactStaleness(Duration staleness) {
    return new TimestampBound(Mode.EXACT_STALENESS, nanosOf(staleness));
  }

  /** Reads a state that is at most {@code staleness} old; for single reads. */
  public static TimestampBound ofMaxStaleness(Duration staleness) {
    return new TimestampBound(Mode.MAX_STALENESS, nanosOf(staleness));
  }

  /** Reads the state at {@code instant}. */
  public static TimestampBound ofReadTimestamp(Instant instant) {
    return ofReadTimestamp(
        Math.addExact(
            Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano()));
  }

  /** Reads the state at a timestamp in nanoseconds since the epoch, such as a commit timestamp. */
  public static TimestampBound ofReadTimestamp(long nanosSinceEpoch) {
    return new TimestampBound(Mode.READ_TIMESTAMP, nanosSinceEpoch);
  }

  private static long nanosOf(Duration staleness) {
    if (staleness.isNegative() || staleness.compareTo(STALENESS_MAX) > 0) {
      throw new IllegalArgumentException("a staleness lies between 0 and 365 days: " + staleness);
    }
    return staleness.toNanos();
  }

  /** Whether this is {@link #strong}. */
  public boolean isStrong() {
    return mode == Mode.STRONG;
  }

  /**
   * Reads what {@link #toString} writes; an empty text is strong. Stalenesses are a whole number
   * and a unit (ns, us, ms, s, m, h, d).
   *
   * @throws MeridianException {@link ErrorCode#INVALID_PARAMETER_VALUE} if it is none of the forms
   */
  public static TimestampBound parse(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (lower.isEmpty() || lower.equals(Mode.STRONG.word)) {
      return STRONG;
    }
    int colon = lower.indexOf(':');
    String word = colon < 0 ? lower : lower.substring(0, colon);
    String rest = colon < 0 ? "" : lower.substring(colon + 1);
    try {
      return switch (word) {
        case "exact" -> new TimestampBound(Mode.EXACT_STALENESS, parseStaleness(rest));
        case "max" -> new TimestampBound(Mode.MAX_STALENESS, parseStaleness(rest));
        case "at" -> new TimestampBound(Mode.READ_TIMESTAMP, Long.parseLong(rest));
        default -> throw new IllegalArgumentException("unknown word " + word);
      };
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new MeridianException(
              ErrorCode.INVALID_PARAMETER_VALUE, "no timestamp bound: \"" + text + "\"", e)
          .withHint("Write strong, exact:10s, max:500ms or at:NANOSECONDS_SINCE_THE_EPOCH.");
    }
  }

  private static long parseStaleness(String text) {
    int end = 0;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(text.substring(end))) {
        return Math.multiplyExact(Long.parseLong(text.substring(0, end)), UNIT_NANOS[i]);
      }
    }
    throw new IllegalArgumentException("no unit of time in " + text);
  }

  /** The text that travels: "strong", "exact:10s", "max:500ms", "at:1700000000000000000". */
  @Override
  public String toString() {
    return switch (mode) {
      case STRONG -> mode.word;
      case READ_TIMESTAMP -> mode.word + ":" + nanos;
      case EXACT_STALENESS, MAX_STALENESS -> {
        int unit = UNITS.length - 1;
        while (unit > 0 && (nanos == 0 || nanos % UNIT_NANOS[unit] != 0)) {
          unit--;
        }
        yield mode.word + ":" + nanos / UNIT_NANOS[unit] + UNITS[unit];
      }
    };
  }
}
