package io.meridiandb.wire;

import com.google.protobuf.ByteString;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Between Java values and the protocol's {@link Value}s.
 *
 * <p>Each SQL type has one natural Java class: Boolean, Short, Integer, Long, Float, Double,
 * BigDecimal, String (TEXT, JSONB), byte[], LocalDate, LocalTime, LocalDateTime (TIMESTAMP),
 * OffsetDateTime in UTC (TIMESTAMPTZ), UUID. NULL is null. Times have microseconds; finer digits
 * are cut towards the past.
 */
public final class Values {
  /** The value NULL. */
  public static final Value NULL = Value.newBuilder().setIsNull(true).build();

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int UUID_BYTES = 16;

  private Values() {}

  /** Whether {@code value} is NULL; a value with nothing set is NULL too. */
  public static boolean isNull(Value value) {
    return value.getValueCase() == Value.ValueCase.IS_NULL
        || value.getValueCase() == Value.ValueCase.VALUE_NOT_SET;
  }

  /** A typed NULL. */
  public static Value nullOf(Type.Kind kind) {
    return Value.newBuilder().setIsNull(true).setKind(kind).build();
  }

  /** A BOOLEAN. */
  public static Value of(boolean value) {
    return Value.newBuilder().setBoolean(value).setKind(Type.Kind.BOOLEAN).build();
  }

  /** A number of a whole-number kind, or a date or time that is already counted. */
  public static Value ofInteger(Type.Kind kind, long value) {
    return Value.newBuilder().setInteger(value).setKind(kind).build();
  }

  /** A REAL or DOUBLE. */
  public static Value ofFloat(Type.Kind kind, double value) {
    return Value.newBuilder().setFloat64(value).setKind(kind).build();
  }

  /** A value that travels as text; kind UNKNOWN lets the server infer the type. */
  public static Value ofText(Type.Kind kind, String value) {
    return Value.newBuilder().setText(value).setKind(kind).build();
  }

  /** A BYTEA. */
  public static Value of(byte[] value) {
    return Value.newBuilder()
        .setBinary(ByteString.copyFrom(value))
        .setKind(Type.Kind.BYTEA)
        .build();
  }

  /** A UUID. */
  public static Value of(UUID value) {
    ByteBuffer bytes = ByteBuffer.allocate(UUID_BYTES);
    bytes.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits()).flip();
    return Value.newBuilder().setBinary(ByteString.copyFrom(bytes)).setKind(Type.Kind.UUID).build();
  }

  /**
   * The value of a Java object, with the type that goes with its class.
   *
   * @throws MeridianException {@link ErrorCode#FEATURE_NOT_SUPPORTED} for a class that has no SQL
   *     type
   */
  public static Value of(@Nullable Object value) {
    if (value == null) {
      return NULL;
    }
    if (value instanceof String text) {
      return ofText(Type.Kind.TEXT, text);
    }
    if (value instanceof Number number) {
      return ofNumber(number);
    }
    if (value instanceof Boolean bool) {
      return of(bool.booleanValue());
    }
    if (value instanceof byte[] bytes) {
      return of(bytes);
    }
    if (value instanceof UUID uuid) {
      return of(uuid);
    }
    if (value instanceof Character character) {
      return ofText(Type.Kind.TEXT, character.toString());
    }
    return ofTime(value);
  }

  private static Value ofNumber(Number number) {
    if (number instanceof Integer) {
      return ofInteger(Type.Kind.INTEGER, number.longValue());
    }
    if (number instanceof Long) {
      return ofInteger(Type.Kind.BIGINT, number.longValue());
    }
    if (number instanceof Short || number instanceof Byte) {
      return ofInteger(Type.Kind.SMALLINT, number.longValue());
    }
    if (number instanceof Double) {
      return ofFloat(Type.Kind.DOUBLE, number.doubleValue());
    }
    if (number instanceof Float) {
      return ofFloat(Type.Kind.REAL, number.doubleValue());
    }
    if (number instanceof BigDecimal decimal) {
      return ofText(Type.Kind.NUMERIC, decimal.toPlainString());
    }
    if (number instanceof java.math.BigInteger integer) {
      return ofText(Type.Kind.NUMERIC, integer.toString());
    }
    throw noSqlType(number);
  }

  private static Value ofTime(Object value) {
    if (value instanceof LocalDate date) {
      return ofInteger(Type.Kind.DATE, date.toEpochDay());
    }
    if (value instanceof LocalTime time) {
      return ofInteger(Type.Kind.TIME, time.toNanoOfDay() / 1_000);
    }
    if (value instanceof LocalDateTime time) {
      return ofInteger(Type.Kind.TIMESTAMP, micros(time.toInstant(ZoneOffset.UTC)));
    }
    if (value instanceof OffsetDateTime time) {
      return ofInteger(Type.Kind.TIMESTAMPTZ, micros(time.toInstant()));
    }
    if (value instanceof Instant instant) {
      return ofInteger(Type.Kind.TIMESTAMPTZ, micros(instant));
    }
    if (value instanceof java.time.ZonedDateTime time) {
      return ofInteger(Type.Kind.TIMESTAMPTZ, micros(time.toInstant()));
    }
    throw noSqlType(value);
  }

  private static MeridianException noSqlType(Object value) {
    return new MeridianException(
            ErrorCode.FEATURE_NOT_SUPPORTED,
            "a value of class " + value.getClass().getName() + " has no SQL type")
        .withHint("Convert it to a String, a number, a java.time value, a UUID or a byte[].");
  }

  /** Microseconds since the epoch. */
  public static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND), instant.getNano() / 1_000);
  }

  /** The instant of so many microseconds since the epoch. */
  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND),
        Math.floorMod(micros, MICROS_PER_SECOND) * 1_000L);
  }

  /**
   * The natural Java object of a value.
   *
   * @param kind the column's type; where it is UNKNOWN, the value's own form decides
   * @throws MeridianException {@link ErrorCode#PROTOCOL_VIOLATION} if form and type do not fit
   */
  public static @Nullable Object toJava(Value value, Type.Kind kind) {
    return switch (value.getValueCase()) {
      case IS_NULL, VALUE_NOT_SET -> null;
      case BOOLEAN -> value.getBoolean();
      case FLOAT64 ->
          kind == Type.Kind.REAL ? (Object) (float) value.getFloat64() : value.getFloat64();
      case TEXT -> kind == Type.Kind.NUMERIC ? decimal(value.getText()) : value.getText();
      case BINARY ->
          kind == Type.Kind.UUID ? uuid(value.getBinary()) : value.getBinary().toByteArray();
      case INTEGER -> integerToJava(value.getInteger(), kind);
    };
  }

  private static Object integerToJava(long integer, Type.Kind kind) {
    try {
      return switch (kind) {
        case SMALLINT -> (short) integer;
        case INTEGER -> Math.toIntExact(integer);
        case DATE -> LocalDate.ofEpochDay(integer);
        case TIME -> LocalTime.ofNanoOfDay(Math.multiplyExact(integer, 1_000L));
        case TIMESTAMP -> LocalDateTime.ofInstant(instant(integer), ZoneOffset.UTC);
        case TIMESTAMPTZ -> OffsetDateTime.ofInstant(instant(integer), ZoneOffset.UTC);
        case UNKNOWN, BIGINT -> integer;
        case BOOLEAN, REAL, DOUBLE, NUMERIC, TEXT, BYTEA, UUID, JSONB, UNRECOGNIZED ->
            throw misfit("the number " + integer, kind, null);
      };
    } catch (ArithmeticException | DateTimeException e) {
      throw misfit("the number " + integer, kind, e);
    }
  }

  private static BigDecimal decimal(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw misfit("a text of " + text.length() + " characters", Type.Kind.NUMERIC, e);
    }
  }

  private static UUID uuid(ByteString bytes) {
    if (bytes.size() != UUID_BYTES) {
      throw misfit(bytes.size() + " bytes", Type.Kind.UUID, null);
    }
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  private static MeridianException misfit(String what, Type.Kind kind, @Nullable Throwable cause) {
    return new MeridianException(
        ErrorCode.PROTOCOL_VIOLATION, what + " cannot be a value of type " + kind, cause);
  }
}
