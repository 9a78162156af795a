package io.meridiandb.row.codec;

import io.meridiandb.row.type.DateTimes;
import io.meridiandb.row.type.SqlType.Kind;
import io.meridiandb.row.type.SqlValues;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Appends values to a growing array, each as a tag byte and its bytes. The tag tells the Java form
 * apart, not the SQL type, so that SMALLINT, INTEGER and BIGINT are one (a column's type may widen
 * without rewriting rows). Tags are the numbers of {@link Kind}; {@code 0} is NULL and has no
 * bytes.
 *
 * <ul>
 *   <li>BOOLEAN {@code 1}: 1 byte, 0 or 1.
 *   <li>BIGINT {@code 4} (all integers): zigzag varint, 7 bits a byte, least significant first.
 *   <li>DOUBLE {@code 6} (REAL too): 8 bytes of IEEE 754, most significant first.
 *   <li>NUMERIC {@code 7}: scale as zigzag varint, then the length and the bytes of the unscaled
 *       value in two's complement, most significant first.
 *   <li>TEXT {@code 8} (JSONB too), BYTEA {@code 9}: length as varint, then UTF-8 or the bytes.
 *   <li>DATE {@code 10}: days since 1970-01-01; TIMESTAMP {@code 11}, TIMESTAMPTZ {@code 12}:
 *       microseconds since 1970; TIME {@code 14}: microseconds since midnight; zigzag varints.
 *   <li>UUID {@code 13}: its 16 bytes.
 * </ul>
 */
final class ValueWriter {
  static final int TAG_NULL = 0;

  private byte[] bytes;
  private int length;

  ValueWriter(int bytesExpected) {
    this.bytes = new byte[bytesExpected];
  }

  void value(@Nullable Object value) {
    switch (value) {
      case null -> put(TAG_NULL);
      case Long number -> {
        tag(Kind.BIGINT);
        signed(number);
      }
      case String text -> {
        tag(Kind.TEXT);
        withLength(SqlValues.utf8(text));
      }
      case Boolean truth -> {
        tag(Kind.BOOLEAN);
        put(truth ? 1 : 0);
      }
      case Double number -> {
        tag(Kind.DOUBLE);
        bigEndian(Double.doubleToRawLongBits(number));
      }
      case BigDecimal number -> {
        tag(Kind.NUMERIC);
        signed(number.scale());
        withLength(number.unscaledValue().toByteArray());
      }
      case byte[] binary -> {
        tag(Kind.BYTEA);
        withLength(binary);
      }
      default -> rareValue(value);
    }
  }

  private void rareValue(Object value) {
    switch (value) {
      case LocalDate date -> {
        tag(Kind.DATE);
        signed(date.toEpochDay());
      }
      case LocalTime time -> {
        tag(Kind.TIME);
        signed(DateTimes.micros(time));
      }
      case LocalDateTime timestamp -> {
        tag(Kind.TIMESTAMP);
        signed(DateTimes.micros(timestamp));
      }
      case Instant instant -> {
        tag(Kind.TIMESTAMPTZ);
        signed(DateTimes.micros(instant));
      }
      case UUID uuid -> {
        tag(Kind.UUID);
        bigEndian(uuid.getMostSignificantBits());
        bigEndian(uuid.getLeastSignificantBits());
      }
      default ->
          throw new IllegalArgumentException(value.getClass() + " is no Java form of a SQL value");
    }
  }

  private void tag(Kind kind) {
    put(kind.number());
  }

  void put(int value) {
    grow(1);
    bytes[length++] = (byte) value;
  }

  void unsigned(long value) {
    grow(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[length++] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  void signed(long value) {
    unsigned((value << 1) ^ (value >> (Long.SIZE - 1)));
  }

  void bigEndian(long value) {
    grow(Long.BYTES);
    for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes[length++] = (byte) (value >>> shift);
    }
  }

  void bigEndian(int value) {
    grow(Integer.BYTES);
    for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes[length++] = (byte) (value >>> shift);
    }
  }

  private void withLength(byte[] value) {
    unsigned(value.length);
    grow(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
  }

  private void grow(int more) {
    if (bytes.length - length < more) {
      bytes =
          Arrays.copyOf(
              bytes,
              Math.max(
                  Math.addExact(length, more),
                  (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8)));
    }
  }

  int length() {
    return length;
  }

  /** The array itself, of which the first {@link #length} bytes are written. */
  byte[] array() {
    return bytes;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }
}
