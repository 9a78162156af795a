package io.meridiandb.row.key;

import io.meridiandb.row.type.DateTimes;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlValues;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One part of a key as bytes whose unsigned order is SQL's order of the values, and of which none
 * is a prefix of another (prefix-free), so that parts can stand one behind the other.
 *
 * <p>A part is one marker byte, {@code 02} for a value or {@code 03} for NULL (which therefore
 * sorts last, PostgreSQL's default), then for a value the bytes of its kind:
 *
 * <ul>
 *   <li>BOOLEAN: {@code 00} or {@code 01}.
 *   <li>SMALLINT, INTEGER, BIGINT, DATE (days since 1970-01-01), TIME (microseconds of the day),
 *       TIMESTAMP and TIMESTAMPTZ (microseconds since 1970): an <em>ordered integer</em> n. With m
 *       = n if n &gt;= 0, else -n - 1, and k = the fewest bytes (0 to 8) that hold m: a byte {@code
 *       80} + k or {@code 7f} - k, then k bytes of m, most significant first, complemented if n
 *       &lt; 0.
 *   <li>REAL, DOUBLE: the 8 bytes of the IEEE 754 form, most significant first; with the sign bit
 *       flipped if it was 0, else all bits flipped. -0 is written as 0, every NaN as the same one.
 *   <li>NUMERIC: a byte {@code 01} negative, {@code 02} zero (nothing follows), {@code 03}
 *       positive; then with |value| = 0.d1d2d3... x 10^e, d1 not 0, no trailing zeros: e as ordered
 *       integer and the digits in pairs p (a zero fills the last), each 2p + 1, but the last 2p.
 *       For negative values everything behind the first byte is complemented. The scale is lost.
 *   <li>TEXT (UTF-8), BYTEA: the bytes, {@code 00} written as {@code 00 ff}, then {@code 00 01}.
 *   <li>UUID: its 16 bytes.
 *   <li>JSONB: not allowed in keys.
 * </ul>
 *
 * A descending part is the same with every byte, the marker included, complemented; NULL then sorts
 * first, again PostgreSQL's default.
 */
final class KeyPartCodec {
  private static final int MARKER_VALUE = 0x02;
  private static final int MARKER_NULL = 0x03;
  private static final int INTEGER_ZERO = 0x80;
  private static final int NUMERIC_NEGATIVE = 1;
  private static final int NUMERIC_ZERO = 2;
  private static final int NUMERIC_POSITIVE = 3;
  private static final int ESCAPED = 0x00;
  private static final int ESCAPE_ZERO = 0xff;
  private static final int ESCAPE_END = 0x01;
  private static final BigInteger HUNDRED = BigInteger.valueOf(100);
  private static final long SIGN = Long.MIN_VALUE;

  private KeyPartCodec() {}

  static void write(KeyWriter out, SqlType type, @Nullable Object value, boolean descending) {
    out.inverted(descending);
    if (value == null) {
      out.put(MARKER_NULL);
    } else {
      out.put(MARKER_VALUE);
      writeValue(out, type, value, descending);
    }
    out.inverted(false);
  }

  private static void writeValue(KeyWriter out, SqlType type, Object value, boolean descending) {
    switch (type.kind()) {
      case BOOLEAN -> out.put((Boolean) value ? 1 : 0);
      case SMALLINT, INTEGER, BIGINT -> writeInteger(out, (Long) value);
      case REAL, DOUBLE -> out.putBigEndian(orderedBits((Double) value), Long.BYTES);
      case NUMERIC -> writeNumeric(out, (BigDecimal) value, descending);
      case TEXT -> writeEscaped(out, SqlValues.utf8((String) value));
      case BYTEA -> writeEscaped(out, (byte[]) value);
      case DATE -> writeInteger(out, ((LocalDate) value).toEpochDay());
      case TIME -> writeInteger(out, DateTimes.micros((LocalTime) value));
      case TIMESTAMP -> writeInteger(out, DateTimes.micros((LocalDateTime) value));
      case TIMESTAMPTZ -> writeInteger(out, DateTimes.micros((Instant) value));
      case UUID -> {
        out.putBigEndian(((UUID) value).getMostSignificantBits(), Long.BYTES);
        out.putBigEndian(((UUID) value).getLeastSignificantBits(), Long.BYTES);
      }
      case JSONB ->
          throw new MeridianException(
              ErrorCode.FEATURE_NOT_SUPPORTED, "JSONB columns cannot be part of a key");
    }
  }

  static @Nullable Object read(KeyReader in, SqlType type, boolean descending) {
    in.inverted(descending);
    int marker = in.next();
    if (marker != MARKER_VALUE && marker != MARKER_NULL) {
      throw in.damaged("has no part at byte " + (in.position() - 1));
    }
    Object value = marker == MARKER_NULL ? null : readValue(in, type, descending);
    in.inverted(false);
    return value;
  }

  private static Object readValue(KeyReader in, SqlType type, boolean descending) {
    return switch (type.kind()) {
      case BOOLEAN -> in.next() == 1;
      case SMALLINT, INTEGER, BIGINT -> readInteger(in);
      case REAL, DOUBLE -> ofOrderedBits(in.nextBigEndian(Long.BYTES));
      case NUMERIC -> readNumeric(in, type, descending);
      case TEXT -> readEscaped(in).toString(StandardCharsets.UTF_8);
      case BYTEA -> readEscaped(in).toByteArray();
      case DATE -> LocalDate.ofEpochDay(readInteger(in));
      case TIME -> DateTimes.timeOfMicros(readInteger(in));
      case TIMESTAMP -> DateTimes.timestampOfMicros(readInteger(in));
      case TIMESTAMPTZ -> DateTimes.instantOfMicros(readInteger(in));
      case UUID -> new UUID(in.nextBigEndian(Long.BYTES), in.nextBigEndian(Long.BYTES));
      case JSONB -> throw in.damaged("has a JSONB part");
    };
  }

  /** Passes over a part without making its value. */
  static void skip(KeyReader in, SqlType type, boolean descending) {
    switch (type.kind()) {
      case SMALLINT, INTEGER, BIGINT, DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> {
        in.inverted(descending);
        if (in.next() == MARKER_VALUE) {
          int head = in.next();
          in.skip(head >= INTEGER_ZERO ? head - INTEGER_ZERO : INTEGER_ZERO - 1 - head);
        }
        in.inverted(false);
      }
      default -> read(in, type, descending);
    }
  }

  static void writeInteger(KeyWriter out, long value) {
    long magnitude = value >= 0 ? value : ~value;
    int count = (Long.SIZE - Long.numberOfLeadingZeros(magnitude) + Byte.SIZE - 1) / Byte.SIZE;
    out.put(value >= 0 ? INTEGER_ZERO + count : INTEGER_ZERO - 1 - count);
    out.putBigEndian(value, count); // the low bytes of a negative value are those of ~m
  }

  static long readInteger(KeyReader in) {
    int head = in.next();
    boolean negative = head < INTEGER_ZERO;
    int count = negative ? INTEGER_ZERO - 1 - head : head - INTEGER_ZERO;
    if (count > Long.BYTES) {
      throw in.damaged("holds a number of " + count + " bytes");
    }
    long bits = in.nextBigEndian(count);
    if (!negative) {
      return bits;
    }
    return count == Long.BYTES ? bits : bits | (-1L << (count * Byte.SIZE));
  }

  private static long orderedBits(double value) {
    long bits = Double.doubleToLongBits(value == 0.0 ? 0.0 : value);
    return bits < 0 ? ~bits : bits ^ SIGN;
  }

  private static double ofOrderedBits(long bits) {
    return Double.longBitsToDouble(bits < 0 ? bits ^ SIGN : ~bits);
  }

  private static void writeNumeric(KeyWriter out, BigDecimal value, boolean descending) {
    if (value.signum() == 0) {
      out.put(NUMERIC_ZERO);
      return;
    }
    boolean negative = value.signum() < 0;
    out.put(negative ? NUMERIC_NEGATIVE : NUMERIC_POSITIVE);
    out.inverted(descending != negative);
    BigDecimal plain = value.stripTrailingZeros();
    String digits = plain.unscaledValue().abs().toString();
    writeInteger(out, (long) digits.length() - plain.scale());
    for (int i = 0; i < digits.length(); i += 2) {
      int low = i + 1 < digits.length() ? digits.charAt(i + 1) - '0' : 0;
      int pair = (digits.charAt(i) - '0') * 10 + low;
      out.put(2 * pair + (i + 2 < digits.length() ? 1 : 0));
    }
    out.inverted(descending);
  }

  private static BigDecimal readNumeric(KeyReader in, SqlType type, boolean descending) {
    int sign = in.next();
    BigDecimal value = BigDecimal.ZERO;
    if (sign != NUMERIC_ZERO) {
      boolean negative = sign == NUMERIC_NEGATIVE;
      in.inverted(descending != negative);
      long exponent = readInteger(in);
      BigInteger unscaled = BigInteger.ZERO;
      long digits = 0;
      int pair;
      do {
        pair = in.next();
        unscaled = unscaled.multiply(HUNDRED).add(BigInteger.valueOf(pair / 2));
        digits += 2;
      } while ((pair & 1) == 1);
      in.inverted(descending);
      value = new BigDecimal(negative ? unscaled.negate() : unscaled, (int) (digits - exponent));
      value = value.stripTrailingZeros();
    }
    if (type.precision() > 0) {
      return value.setScale(type.scale());
    }
    return value.scale() < 0 ? value.setScale(0) : value;
  }

  private static void writeEscaped(KeyWriter out, byte[] bytes) {
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == ESCAPED) {
        out.put(Arrays.copyOfRange(bytes, start, i + 1));
        out.put(ESCAPE_ZERO);
        start = i + 1;
      }
    }
    out.put(start == 0 ? bytes : Arrays.copyOfRange(bytes, start, bytes.length));
    out.put(ESCAPED);
    out.put(ESCAPE_END);
  }

  private static ByteArrayOutputStream readEscaped(KeyReader in) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      int next = in.next();
      if (next == ESCAPED) {
        int escape = in.next();
        if (escape == ESCAPE_END) {
          return bytes;
        }
        if (escape != ESCAPE_ZERO) {
          throw in.damaged("has a broken escape at byte " + (in.position() - 1));
        }
      }
      bytes.write(next);
    }
  }
}
