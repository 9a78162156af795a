package io.meridiandb.row.codec;

import io.meridiandb.row.type.DateTimes;
import io.meridiandb.row.type.SqlType.Kind;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ValueWriter} wrote; damaged bytes give DATA_CORRUPTED, never another error. */
final class ValueReader {
  private static final Kind[] KINDS = kinds();

  private final byte[] bytes;
  private final int end;
  private int position;

  ValueReader(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  private static Kind[] kinds() {
    int highest = 0;
    for (Kind kind : Kind.values()) {
      highest = Math.max(highest, kind.number());
    }
    Kind[] byNumber = new Kind[highest + 1];
    for (Kind kind : Kind.values()) {
      byNumber[kind.number()] = kind;
    }
    return byNumber;
  }

  boolean atEnd() {
    return position == end;
  }

  @Nullable Object value() {
    int tag = next();
    if (tag == ValueWriter.TAG_NULL) {
      return null;
    }
    return switch (kind(tag)) {
      case BOOLEAN -> next() != 0;
      case BIGINT -> signed();
      case DOUBLE -> Double.longBitsToDouble(bigEndian());
      case NUMERIC -> numeric();
      case TEXT -> {
        int length = length();
        String text = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        yield text;
      }
      case BYTEA -> binary();
      case DATE -> LocalDate.ofEpochDay(signed());
      case TIME -> DateTimes.timeOfMicros(signed());
      case TIMESTAMP -> DateTimes.timestampOfMicros(signed());
      case TIMESTAMPTZ -> DateTimes.instantOfMicros(signed());
      case UUID -> new UUID(bigEndian(), bigEndian());
      case SMALLINT, INTEGER, REAL, JSONB -> throw damaged("tag " + tag + " is not used");
    };
  }

  /** Passes over a value. */
  void skip() {
    int tag = next();
    if (tag == ValueWriter.TAG_NULL) {
      return;
    }
    switch (kind(tag)) {
      case BOOLEAN -> advance(1);
      case BIGINT, DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> unsigned();
      case DOUBLE -> advance(Long.BYTES);
      case NUMERIC -> {
        unsigned();
        advance(length());
      }
      case TEXT, BYTEA -> advance(length());
      case UUID -> advance(2 * Long.BYTES);
      case SMALLINT, INTEGER, REAL, JSONB -> throw damaged("tag " + tag + " is not used");
    }
  }

  private Kind kind(int tag) {
    if (tag >= KINDS.length || tag < 0) {
      throw damaged("no value has the tag " + tag);
    }
    return KINDS[tag];
  }

  private BigDecimal numeric() {
    long scale = signed();
    if (scale != (int) scale) {
      throw damaged("a NUMERIC has the scale " + scale);
    }
    byte[] unscaled = binary();
    if (unscaled.length == 0) {
      throw damaged("a NUMERIC has no digits");
    }
    return new BigDecimal(new BigInteger(unscaled), (int) scale);
  }

  private byte[] binary() {
    int length = length();
    byte[] value = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return value;
  }

  private int length() {
    long length = unsigned();
    if (length < 0 || length > end - position) {
      throw damaged("a value of " + length + " bytes does not fit");
    }
    return (int) length;
  }

  private void advance(int count) {
    if (count > end - position) {
      throw damaged("they end too early");
    }
    position += count;
  }

  int next() {
    if (position == end) {
      throw damaged("they end too early");
    }
    return bytes[position++] & 0xff;
  }

  long unsigned() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = next();
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw damaged("a number has more than ten bytes");
  }

  long signed() {
    long value = unsigned();
    return value >>> 1 ^ -(value & 1);
  }

  private long bigEndian() {
    if (end - position < Long.BYTES) {
      throw damaged("they end too early");
    }
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << Byte.SIZE | (bytes[position++] & 0xff);
    }
    return value;
  }

  MeridianException damaged(String what) {
    return new MeridianException(
        ErrorCode.DATA_CORRUPTED,
        "bytes of values are damaged at offset %d: %s".formatted(position, what));
  }
}
