package io.meridiandb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.wire.proto.Type.Kind;
import io.meridiandb.wire.proto.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Guards the forms in which values travel (sql.proto, Value). */
class ValuesTest {
  @Test
  void everyNaturalClassComesBackAsItWent() {
    List<Object> values =
        List.of(
            true,
            (short) -3,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            1.5f,
            -0.0,
            Double.NaN,
            new BigDecimal("-12345678901234567890.00001"),
            "grün 🐟",
            LocalDate.of(1, 1, 1),
            LocalDate.of(9999, 12, 31),
            LocalTime.of(23, 59, 59, 999_999_000),
            LocalDateTime.of(1969, 12, 31, 23, 59, 59, 1_000),
            OffsetDateTime.of(2026, 2, 28, 1, 2, 3, 4_000, ZoneOffset.UTC),
            new UUID(-1, 1));
    for (Object value : values) {
      Value sent = Values.of(value);
      assertThat(Values.toJava(sent, sent.getKind())).isEqualTo(value);
    }
    Value bytes = Values.of((Object) new byte[] {0, -1, 7});
    assertThat(Values.toJava(bytes, Kind.BYTEA)).isEqualTo(new byte[] {0, -1, 7});
  }

  @Test
  void nullIsNullInEveryForm() {
    assertThat(Values.of((Object) null)).isEqualTo(Values.NULL);
    assertThat(Values.isNull(Value.getDefaultInstance())).isTrue();
    assertThat(Values.toJava(Values.nullOf(Kind.UUID), Kind.UUID)).isNull();
  }

  @Test
  void timesBeforeTheEpochCountDownwards() {
    assertThat(Values.of(Instant.ofEpochSecond(-1, 999_999_000)).getInteger()).isEqualTo(-1);
    assertThat(Values.instant(-1)).isEqualTo(Instant.ofEpochSecond(-1, 999_999_000));
    assertThat(Values.of(LocalDate.of(1969, 12, 31)).getInteger()).isEqualTo(-1);
  }

  @Test
  void numericTravelsPlain() {
    assertThat(Values.of(new BigDecimal("1E+5")).getText()).isEqualTo("100000");
    assertThat(Values.of(BigInteger.TWO.pow(100)).getText())
        .isEqualTo("1267650600228229401496703205376");
  }

  @Test
  void aClassWithoutSqlTypeIsRefusedByName() {
    assertThatThrownBy(() -> Values.of(List.of()))
        .isInstanceOf(MeridianException.class)
        .hasMessageContaining("ListN");
  }

  @Test
  void aValueThatDoesNotFitItsTypeIsAProtocolViolation() {
    assertThatThrownBy(() -> Values.toJava(Values.ofInteger(Kind.INTEGER, 1L << 40), Kind.INTEGER))
        .isInstanceOfSatisfying(
            MeridianException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL_VIOLATION));
    assertThatThrownBy(() -> Values.toJava(Values.of(new byte[3]), Kind.UUID))
        .hasMessageContaining("3 bytes");
    assertThatThrownBy(() -> Values.toJava(Values.ofText(Kind.NUMERIC, "x"), Kind.NUMERIC))
        .isInstanceOf(MeridianException.class);
  }
}
