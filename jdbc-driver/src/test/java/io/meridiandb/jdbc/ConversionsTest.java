package io.meridiandb.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.wire.proto.Type.Kind;
import io.meridiandb.wire.proto.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.TimeZone;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Guards the conversions of getters and setters: they keep the value or refuse. */
class ConversionsTest {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

  private static ResultSet row(Kind kind, Object value) throws SQLException {
    ResultSet rows = RowsResultSet.of(RowSource.table().column("v", kind).row(value));
    assertThat(rows.next()).isTrue();
    return rows;
  }

  @Test
  void numbers() throws SQLException {
    assertThat(row(Kind.BIGINT, 42L).getInt(1)).isEqualTo(42);
    assertThat(row(Kind.BIGINT, 42L).getString(1)).isEqualTo("42");
    assertThat(row(Kind.BIGINT, 42L).getBigDecimal(1)).isEqualTo(new BigDecimal("42"));
    assertThat(row(Kind.SMALLINT, (short) 3).getObject(1)).isEqualTo(3);
    assertThat(row(Kind.DOUBLE, 2.9).getLong(1)).isEqualTo(2);
    assertThat(row(Kind.DOUBLE, 1.0).getString(1)).isEqualTo("1");
    assertThat(row(Kind.DOUBLE, 1e14).getString(1)).isEqualTo("100000000000000");
    assertThat(row(Kind.DOUBLE, -1.5e20).getString(1)).isEqualTo("-1.5e+20");
    assertThat(row(Kind.DOUBLE, 1e-7).getString(1)).isEqualTo("1e-07");
    assertThat(row(Kind.DOUBLE, -0.0).getString(1)).isEqualTo("-0");
    assertThat(row(Kind.REAL, 0.1f).getString(1)).isEqualTo("0.1");
    assertThat(row(Kind.DOUBLE, Double.NEGATIVE_INFINITY).getString(1)).isEqualTo("-Infinity");
    assertThat(row(Kind.NUMERIC, new BigDecimal("1.50")).getString(1)).isEqualTo("1.50");
    assertThat(row(Kind.NUMERIC, new BigDecimal("1.50")).getDouble(1)).isEqualTo(1.5);
    assertThat(row(Kind.NUMERIC, new BigDecimal("7")).getObject(1, BigInteger.class))
        .isEqualTo(BigInteger.valueOf(7));
    assertThat(row(Kind.TEXT, " 12 ").getInt(1)).isEqualTo(12);
    assertThatThrownBy(() -> row(Kind.BIGINT, 1L << 40).getInt(1))
        .isInstanceOf(SQLDataException.class)
        .hasMessageContaining("does not fit into int");
    assertThatThrownBy(() -> row(Kind.BIGINT, 128L).getByte(1)).hasMessageContaining("byte");
    assertThatThrownBy(() -> row(Kind.TEXT, "x").getInt(1)).hasMessageContaining("no number");
    assertThatThrownBy(() -> row(Kind.DOUBLE, Double.NaN).getLong(1)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> row(Kind.DATE, LocalDate.EPOCH).getInt(1))
        .hasMessageContaining("date cannot be read as int");
  }

  @Test
  void nullIsZeroFalseOrNullAndWasNullTells() throws SQLException {
    ResultSet row = row(Kind.INTEGER, null);
    assertThat(row.getInt(1)).isZero();
    assertThat(row.wasNull()).isTrue();
    assertThat(row.getBoolean(1)).isFalse();
    assertThat(row.getString(1)).isNull();
    assertThat(row.getObject(1)).isNull();
    assertThat(row.getTimestamp(1)).isNull();
    assertThat(row.getObject(1, UUID.class)).isNull();
    assertThat(row(Kind.INTEGER, 0).wasNull()).isFalse();
  }

  @Test
  void booleans() throws SQLException {
    assertThat(row(Kind.BOOLEAN, true).getInt(1)).isEqualTo(1);
    assertThat(row(Kind.BOOLEAN, true).getString(1)).isEqualTo("t");
    assertThat(row(Kind.TEXT, "false").getBoolean(1)).isFalse();
    assertThatThrownBy(() -> row(Kind.TEXT, "maybe").getBoolean(1)).hasMessageContaining("boolean");
  }

  @Test
  void timesKeepTheirMomentOrTheirWallClock() throws SQLException {
    OffsetDateTime moment = OffsetDateTime.of(2026, 3, 29, 1, 30, 0, 123_456_000, ZoneOffset.UTC);
    ResultSet withZone = row(Kind.TIMESTAMPTZ, moment);
    assertThat(withZone.getObject(1, Instant.class)).isEqualTo(moment.toInstant());
    assertThat(withZone.getObject(1)).isEqualTo(moment);
    assertThat(withZone.getTimestamp(1)).isEqualTo(Timestamp.from(moment.toInstant()));
    assertThat(withZone.getString(1)).isEqualTo("2026-03-29 01:30:00.123456+00");
    LocalDateTime wall = LocalDateTime.of(2026, 7, 1, 12, 0);
    ResultSet without = row(Kind.TIMESTAMP, wall);
    assertThat(without.getObject(1, LocalDateTime.class)).isEqualTo(wall);
    assertThat(without.getTimestamp(1)).isEqualTo(Timestamp.valueOf(wall));
    assertThat(without.getString(1)).isEqualTo("2026-07-01 12:00:00");
    Calendar tokyo = Calendar.getInstance(TimeZone.getTimeZone("Asia/Tokyo"));
    assertThat(without.getTimestamp(1, tokyo).toInstant())
        .isEqualTo(Instant.parse("2026-07-01T03:00:00Z"));
    assertThat(row(Kind.DATE, LocalDate.of(2026, 2, 3)).getDate(1))
        .isEqualTo(Date.valueOf("2026-02-03"));
    assertThat(row(Kind.DATE, LocalDate.of(2026, 2, 3)).getObject(1, LocalDate.class))
        .isEqualTo(LocalDate.of(2026, 2, 3));
    assertThat(row(Kind.TIME, LocalTime.of(1, 2, 3)).getString(1)).isEqualTo("01:02:03");
    assertThat(row(Kind.TEXT, "2026-02-03").getDate(1)).isEqualTo(Date.valueOf("2026-02-03"));
  }

  @Test
  void bytesAndUuids() throws SQLException {
    assertThat(row(Kind.BYTEA, new byte[] {0, -1}).getString(1)).isEqualTo("\\x00ff");
    assertThat(row(Kind.BYTEA, new byte[] {0, -1}).getBytes(1)).containsExactly(0, -1);
    assertThat(row(Kind.UUID, ID).getObject(1)).isEqualTo(ID);
    assertThat(row(Kind.UUID, ID).getString(1)).isEqualTo(ID.toString());
    assertThat(row(Kind.TEXT, ID.toString()).getObject(1, UUID.class)).isEqualTo(ID);
    assertThat(row(Kind.TEXT, "text").getCharacterStream(1)).isNotNull();
  }

  @Test
  void parametersOfEveryKind() throws SQLException {
    assertThat(Parameters.of(5, Types.BIGINT, -1).getKind()).isEqualTo(Kind.BIGINT);
    assertThat(Parameters.of("5", Types.INTEGER, -1).getInteger()).isEqualTo(5);
    assertThat(Parameters.of("1.005", Types.NUMERIC, 2).getText()).isEqualTo("1.01");
    assertThat(Parameters.of(7, Types.VARCHAR, -1).getText()).isEqualTo("7");
    assertThat(Parameters.of("yes", Types.BOOLEAN, -1).getBoolean()).isTrue();
    assertThat(Parameters.of(null, Types.OTHER, -1).getKind()).isEqualTo(Kind.UNKNOWN);
    assertThat(Parameters.of(ID).getKind()).isEqualTo(Kind.UUID);
    assertThat(Parameters.of(Thread.State.NEW).getText()).isEqualTo("NEW");
    Timestamp timestamp = Timestamp.from(Instant.parse("2026-01-02T03:04:05.5Z"));
    Value sent = Parameters.ofTimestamp(timestamp, ZoneId.of("Europe/Berlin"));
    assertThat(sent.getText()).isEqualTo("2026-01-02 04:04:05.5+01:00");
    assertThat(sent.getKind()).isEqualTo(Kind.UNKNOWN);
    assertThatThrownBy(() -> Parameters.of("x", Types.INTEGER, -1))
        .hasMessageContaining("java.lang.String");
  }
}
