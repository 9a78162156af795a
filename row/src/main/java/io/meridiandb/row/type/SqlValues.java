package io.meridiandb.row.type;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The order and the equality of SQL values in Java form ({@link SqlType}), as PostgreSQL has them
 * with collation C: text by code points, bytes and UUIDs unsigned, NaN equal to itself and above
 * every number, negative zero equal to zero, NUMERIC without regard to trailing zeros.
 */
public final class SqlValues {
  /** Beyond this difference a UTF-16 unit and a code point sort differently. */
  private static final char FIRST_SURROGATE = Character.MIN_SURROGATE;

  private SqlValues() {}

  /**
   * Compares two values of one kind, neither of them NULL.
   *
   * @throws ClassCastException if the values are not of one kind: a bug of the planner
   */
  public static int compare(Object left, Object right) {
    return switch (left) {
      case Long a -> Long.compare(a, (Long) right);
      case String a -> compareText(a, (String) right);
      case BigDecimal a -> a.compareTo((BigDecimal) right);
      case Double a -> compareDoubles(a, (Double) right);
      case byte[] a -> Arrays.compareUnsigned(a, (byte[]) right);
      case UUID a -> compareUuids(a, (UUID) right);
      default -> compareNaturally(left, right);
    };
  }

  @SuppressWarnings("unchecked")
  private static int compareNaturally(Object left, Object right) {
    return ((Comparable<Object>) left).compareTo(right);
  }

  /** Whether two values of one kind, neither of them NULL, are equal. */
  public static boolean equal(Object left, Object right) {
    return (left instanceof String || left instanceof Long)
        ? left.equals(right)
        : compare(left, right) == 0;
  }

  /** Compares doubles as PostgreSQL does. */
  public static int compareDoubles(double left, double right) {
    if (left < right) {
      return -1;
    }
    if (left > right) {
      return 1;
    }
    return left == right ? 0 : Boolean.compare(Double.isNaN(left), Double.isNaN(right));
  }

  /** Compares texts by code points; {@link String#compareTo} compares UTF-16 units instead. */
  public static int compareText(String left, String right) {
    int common = Math.min(left.length(), right.length());
    for (int i = 0; i < common; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        return codePointRank(a) - codePointRank(b);
      }
    }
    return left.length() - right.length();
  }

  /** Puts surrogates, the halves of supplementary characters, above the rest of the units. */
  private static int codePointRank(char unit) {
    if (unit < FIRST_SURROGATE) {
      return unit;
    }
    return Character.isSurrogate(unit) ? unit + 0x1_0000 : unit;
  }

  private static int compareUuids(UUID left, UUID right) {
    int order = Long.compareUnsigned(left.getMostSignificantBits(), right.getMostSignificantBits());
    return order != 0
        ? order
        : Long.compareUnsigned(left.getLeastSignificantBits(), right.getLeastSignificantBits());
  }

  /**
   * A stand-in with {@code equals} and {@code hashCode} that agree with SQL's equality; for hash
   * joins, grouping and DISTINCT, where NULL equals NULL.
   */
  public static @Nullable Object hashable(@Nullable Object value) {
    return switch (value) {
      case BigDecimal number ->
          number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
      case Double number -> number == 0.0 ? (Double) 0.0 : number;
      case byte[] bytes -> ByteBuffer.wrap(bytes);
      case null -> null;
      default -> value;
    };
  }

  /**
   * The text as UTF-8.
   *
   * @throws MeridianException INVALID_BYTE_SEQUENCE if it holds half of a surrogate pair
   */
  public static byte[] utf8(String text) {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isSurrogate(unit)) {
        boolean pair =
            Character.isHighSurrogate(unit)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          throw new MeridianException(
              ErrorCode.INVALID_BYTE_SEQUENCE,
              "text holds half of a surrogate pair (\\u%04x at position %d), which UTF-8 cannot carry"
                  .formatted((int) unit, i + 1));
        }
        i++;
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
