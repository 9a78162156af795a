package io.meridiandb.sql.session;

import com.google.protobuf.ByteString;
import io.meridiandb.row.expr.Casts;
import io.meridiandb.row.expr.ValueText;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Column;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Types and values between rows and the protocol. */
final class WireTypes {
  private static final long NANOS_PER_MICRO = 1_000;
  private static final int UUID_BYTES = 16;

  private WireTypes() {}

  static Type type(SqlType type) {
    return Type.newBuilder()
        .setKind(kind(type.kind()))
        .setPrecision(type.precision())
        .setScale(type.scale())
        .build();
  }

  private static Type.Kind kind(SqlType.Kind kind) {
    Type.Kind found = Type.Kind.forNumber(kind.number());
    return found == null ? Type.Kind.UNKNOWN : found;
  }

  static Column column(PlanColumn column) {
    return Column.newBuilder()
        .setName(column.name())
        .setType(type(column.type()))
        .setNullable(column.nullable())
        .setTable(column.table())
        .build();
  }

  /** A row's value as it travels; its type stands in the description of the rows. */
  static Value value(@Nullable Object value) {
    return switch (value) {
      case null -> Values.NULL;
      case Boolean truth -> Value.newBuilder().setBoolean(truth).build();
      case Long number -> Value.newBuilder().setInteger(number).build();
      case Double number -> Value.newBuilder().setFloat64(number).build();
      case BigDecimal number -> Value.newBuilder().setText(number.toPlainString()).build();
      case String text -> Value.newBuilder().setText(text).build();
      case byte[] bytes -> Value.newBuilder().setBinary(ByteString.copyFrom(bytes)).build();
      case LocalDate date -> Value.newBuilder().setInteger(date.toEpochDay()).build();
      case LocalTime time ->
          Value.newBuilder().setInteger(time.toNanoOfDay() / NANOS_PER_MICRO).build();
      case LocalDateTime time ->
          Value.newBuilder().setInteger(Values.micros(time.toInstant(ZoneOffset.UTC))).build();
      case Instant instant -> Value.newBuilder().setInteger(Values.micros(instant)).build();
      case UUID uuid -> Value.newBuilder().setBinary(bytes(uuid)).build();
      default -> throw new IllegalStateException("a value of " + value.getClass());
    };
  }

  private static ByteString bytes(UUID uuid) {
    ByteBuffer bytes = ByteBuffer.allocate(UUID_BYTES);
    bytes.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits()).flip();
    return ByteString.copyFrom(bytes);
  }

  /** The types that a client gave its parameters; null where it left them open. */
  static List<@Nullable SqlType> declared(List<Value> values) {
    List<@Nullable SqlType> types = new ArrayList<>(values.size());
    for (Value value : values) {
      types.add(declared(value.getKind()));
    }
    return types;
  }

  private static @Nullable SqlType declared(Type.Kind kind) {
    return kind == Type.Kind.UNKNOWN || kind == Type.Kind.UNRECOGNIZED
        ? null
        : SqlType.of(SqlType.Kind.ofNumber(kind.getNumber()));
  }

  /**
   * The values of a statement's parameters in the types that its plan gives them.
   *
   * @throws MeridianException UNDEFINED_PARAMETER for too few or too many, class 22 for a value
   *     that the type cannot take
   */
  static List<@Nullable Object> decode(List<Value> values, List<SqlType> types) {
    if (values.size() != types.size()) {
      throw new MeridianException(
          ErrorCode.UNDEFINED_PARAMETER,
          "the statement has %d parameters, %d values were given"
              .formatted(types.size(), values.size()));
    }
    List<@Nullable Object> decoded = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      try {
        decoded.add(decode(values.get(i), types.get(i)));
      } catch (MeridianException e) {
        throw new MeridianException(
            e.code(), "parameter $" + (i + 1) + ": " + e.getMessage(), e.hint(), 0, e);
      }
    }
    return decoded;
  }

  private static @Nullable Object decode(Value value, SqlType type) {
    if (Values.isNull(value)) {
      return null;
    }
    SqlType from = declared(value.getKind());
    boolean text =
        value.getValueCase() == Value.ValueCase.TEXT
            && (from == null || from.kind() == SqlType.Kind.TEXT);
    if (text) {
      return type.kind() == SqlType.Kind.TEXT
          ? value.getText()
          : ValueText.parse(value.getText(), type);
    }
    SqlType given = from == null ? byForm(value, type) : from;
    Object object = toRow(Values.toJava(value, kind(given.kind())));
    if (object == null || given.kind() == type.kind()) {
      return object;
    }
    return Casts.cast(object, given, SqlType.of(type.kind()));
  }

  private static SqlType byForm(Value value, SqlType type) {
    return switch (value.getValueCase()) {
      case BOOLEAN -> SqlType.BOOLEAN;
      case FLOAT64 -> SqlType.DOUBLE;
      case INTEGER -> isCounted(type) ? type : SqlType.BIGINT;
      case BINARY -> type.kind() == SqlType.Kind.UUID ? SqlType.UUID : SqlType.BYTEA;
      default -> type;
    };
  }

  private static boolean isCounted(SqlType type) {
    return switch (type.kind()) {
      case SMALLINT, INTEGER, BIGINT, DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> true;
      default -> false;
    };
  }

  /** The protocol's natural Java objects in the form that rows have. */
  private static @Nullable Object toRow(@Nullable Object value) {
    return switch (value) {
      case Short number -> number.longValue();
      case Integer number -> number.longValue();
      case Float number -> number.doubleValue();
      case OffsetDateTime time -> time.toInstant();
      case null, default -> value;
    };
  }
}
