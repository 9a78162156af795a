package io.meridiandb.row.expr;

import static io.meridiandb.row.expr.Calls.call;
import static io.meridiandb.row.expr.Calls.cast;
import static io.meridiandb.row.expr.Calls.dec;
import static io.meridiandb.row.expr.Calls.of;
import static io.meridiandb.row.expr.Calls.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.row.Gens;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlValues;
import org.junit.jupiter.api.Test;

/** Casts, text forms and functions of dates give PostgreSQL's results. */
class CastsTest {
  private static void same(Expr expr, String wanted) {
    assertThat(run(expr)).as("%s", expr).isEqualTo(wanted);
  }

  private static void reads(SqlType type, String text, String wanted) {
    same(of(text, type), wanted);
  }

  @Test
  void everyValueSurvivesItsTextForm() {
    Gens gens = new Gens(1);
    for (SqlType type : Gens.keyTypes()) {
      for (int i = 0; i < 1_000; i++) {
        Object value = gens.value(type);
        String text = ValueText.format(value, type);
        Object back = ValueText.parse(text, type);
        assertThat(SqlValues.compare(value, back)).as("%s as %s", text, type).isZero();
        assertThat(ValueText.format(back, type)).isEqualTo(text);
      }
    }
  }

  @Test
  void numbersAreRead() {
    reads(SqlType.INTEGER, " 42 ", "42");
    reads(SqlType.INTEGER, "+7", "7");
    reads(SqlType.INTEGER, "abc", "22P02");
    reads(SqlType.INTEGER, "", "22P02");
    reads(SqlType.INTEGER, "1.5", "22P02");
    reads(SqlType.INTEGER, "2147483648", "22003");
    reads(SqlType.BIGINT, "9223372036854775808", "22003");
    reads(SqlType.NUMERIC, "1.50", "1.50");
    reads(SqlType.NUMERIC, ".5", "0.5");
    reads(SqlType.NUMERIC, "1e3", "1000");
    reads(SqlType.NUMERIC, "1e999999", "22003");
    reads(SqlType.NUMERIC, "1e99999999999", "22003");
    reads(SqlType.NUMERIC, "1.2.3", "22P02");
    reads(SqlType.numeric(5, 2), "123.455", "123.46");
    reads(SqlType.numeric(5, 2), "999.995", "22003");
    reads(SqlType.numeric(5, 2), "-999.994", "-999.99");
    reads(SqlType.numeric(3, 0), "1e100000", "22003");
    reads(SqlType.DOUBLE, "1e400", "22003");
    reads(SqlType.DOUBLE, "1e-400", "22003");
    reads(SqlType.DOUBLE, "-infinity", "-Infinity");
    reads(SqlType.DOUBLE, "0x10", "22P02");
    reads(SqlType.DOUBLE, "1d", "22P02");
    reads(SqlType.DOUBLE, "0e5", "0");
    reads(SqlType.REAL, "0.1", "0.1");
  }

  @Test
  void numbersAreWritten() {
    same(cast(cast(1e15, SqlType.DOUBLE), SqlType.TEXT), "1e+15");
    same(cast(1e14, SqlType.TEXT), "100000000000000");
    same(cast(123456.789, SqlType.TEXT), "123456.789");
    same(cast(0.0001, SqlType.TEXT), "0.0001");
    same(cast(0.00001, SqlType.TEXT), "1e-05");
    same(cast(-0.0, SqlType.TEXT), "-0");
    same(cast(Double.NaN, SqlType.TEXT), "NaN");
    same(cast(100.0, SqlType.TEXT), "100");
    same(cast(of("1000000", SqlType.REAL), SqlType.TEXT), "1e+06");
    same(cast(dec("0.000000001"), SqlType.TEXT), "0.000000001");
  }

  @Test
  void numbersAreConverted() {
    same(cast(dec("2.5"), SqlType.INTEGER), "3");
    same(cast(dec("-2.5"), SqlType.INTEGER), "-3");
    same(cast(2.5, SqlType.INTEGER), "2");
    same(cast(3.5, SqlType.INTEGER), "4");
    same(cast(1e10, SqlType.INTEGER), "22003");
    same(cast(9.3e18, SqlType.BIGINT), "22003");
    same(cast(Double.NaN, SqlType.BIGINT), "22003");
    same(cast(0.1, SqlType.NUMERIC), "0.1");
    same(cast(1.0 / 3, SqlType.NUMERIC), "0.333333333333333");
    same(cast(1e20, SqlType.NUMERIC), "100000000000000000000");
    same(cast(70000, SqlType.SMALLINT), "22003");
    same(cast(1e300, SqlType.REAL), "22003");
    same(cast(true, SqlType.INTEGER), "1");
    same(cast(7, SqlType.BOOLEAN), "true");
    same(cast(1.0, SqlType.BOOLEAN), "42804");
  }

  @Test
  void otherTypesAreRead() {
    for (String yes : new String[] {"t", "TRUE", " yes ", "on", "1", "y"}) {
      reads(SqlType.BOOLEAN, yes, "true");
    }
    for (String no : new String[] {"f", "fals", "no", "off", "of", "0", "N"}) {
      reads(SqlType.BOOLEAN, no, "false");
    }
    for (String neither : new String[] {"", "o", "2", "truex"}) {
      reads(SqlType.BOOLEAN, neither, "22P02");
    }
    reads(SqlType.BYTEA, "\\xDEADbeef", "\\xdeadbeef");
    reads(SqlType.BYTEA, "a\\000b\\\\", "\\x6100625c");
    reads(SqlType.BYTEA, "\\xabc", "22P02");
    reads(SqlType.BYTEA, "\\9", "22P02");
    String uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    reads(SqlType.UUID, uuid, uuid);
    reads(SqlType.UUID, "{A0EEBC99-9C0B4EF8-BB6D6BB9-BD380A11}", uuid);
    reads(SqlType.UUID, "a0eebc999c0b4ef8bb6d6bb9bd380a11", uuid);
    reads(SqlType.UUID, uuid + "1", "22P02");
    reads(SqlType.UUID, "a0eebc99", "22P02");
    reads(SqlType.varchar(3), "abcdef", "abc");
    reads(
        SqlType.JSONB,
        " {\"a\": [1, -2.5e3, true, null, \"x\\u00e9\"]} ",
        "{\"a\": [1, -2.5e3, true, null, \"x\\u00e9\"]}");
    reads(SqlType.JSONB, "{\"a\": 01}", "22P02");
    reads(SqlType.JSONB, "[1,]", "22P02");
    reads(SqlType.JSONB, "[".repeat(5_000), "54001");
  }

  @Test
  void datesAreRead() {
    reads(SqlType.DATE, "2024-02-29", "2024-02-29");
    reads(SqlType.DATE, "20240229", "2024-02-29");
    reads(SqlType.DATE, "2024-2-9", "2024-02-09");
    reads(SqlType.DATE, "2023-02-29", "22008");
    reads(SqlType.DATE, "2024-13-01", "22008");
    reads(SqlType.DATE, "yesterday", "22007");
    reads(SqlType.DATE, "0044-03-15 BC", "0044-03-15 BC");
    reads(SqlType.DATE, "2024-02-29 12:34", "2024-02-29");
    reads(SqlType.TIME, "12:34", "12:34:00");
    reads(SqlType.TIME, "12:34:56.7891234", "12:34:56.789123");
    reads(SqlType.TIME, "04:05 PM", "16:05:00");
    reads(SqlType.TIME, "25:00", "22008");
    reads(SqlType.TIMESTAMP, "2024-01-02 03:04:05.120", "2024-01-02 03:04:05.12");
    reads(SqlType.TIMESTAMP, "2024-01-02T03:04:05Z", "2024-01-02 03:04:05");
    reads(SqlType.TIMESTAMP, "2024-01-02", "2024-01-02 00:00:00");
    reads(SqlType.TIMESTAMP, "2024-01-02 24:00", "2024-01-03 00:00:00");
    reads(SqlType.TIMESTAMP, "2024-01-02 03:04:05.9999999", "2024-01-02 03:04:06");
    reads(SqlType.TIMESTAMP, "300000-01-01", "22008");
    reads(SqlType.TIMESTAMPTZ, "2024-01-02 03:04:05+02", "2024-01-02 01:04:05+00");
    reads(SqlType.TIMESTAMPTZ, "2024-01-02T03:04:05-05:30", "2024-01-02 08:34:05+00");
    reads(SqlType.TIMESTAMPTZ, "2024-01-02 03:04:05 +0130", "2024-01-02 01:34:05+00");
    reads(SqlType.TIMESTAMPTZ, "2024-07-02 03:04:05 Europe/Berlin", "2024-07-02 01:04:05+00");
    reads(SqlType.TIMESTAMPTZ, "2024-01-02 03:04:05", "2024-01-02 03:04:05+00");
    reads(SqlType.TIMESTAMPTZ, "2024-01-02 03:04:05 Mars/Crater", "22007");
    reads(SqlType.TIMESTAMPTZ, "epoch", "1970-01-01 00:00:00+00");
    reads(SqlType.TIMESTAMPTZ, "2024-01-02 03:04:05+02x", "22007");
  }

  private static final Expr STAMP = of("2024-03-31 17:45:59.123456", SqlType.TIMESTAMP);

  @Test
  void datesAreComputedWith() {
    same(call(ScalarFunction.DATE_TRUNC, SqlType.TIMESTAMP, "hour", STAMP), "2024-03-31 17:00:00");
    same(call(ScalarFunction.DATE_TRUNC, SqlType.TIMESTAMP, "Week", STAMP), "2024-03-25 00:00:00");
    same(
        call(ScalarFunction.DATE_TRUNC, SqlType.TIMESTAMP, "quarter", STAMP),
        "2024-01-01 00:00:00");
    same(
        call(ScalarFunction.DATE_TRUNC, SqlType.TIMESTAMP, "century", STAMP),
        "2001-01-01 00:00:00");
    same(call(ScalarFunction.DATE_TRUNC, SqlType.TIMESTAMP, "fortnight", STAMP), "22023");
    same(
        call(ScalarFunction.ADD_INTERVAL, SqlType.TIMESTAMP, STAMP, -1L, 0L, 0L),
        "2024-02-29 17:45:59.123456");
    same(
        call(
            ScalarFunction.ADD_INTERVAL,
            SqlType.TIMESTAMP,
            of("2024-03-31", SqlType.DATE),
            0L,
            1L,
            3_600_000_000L),
        "2024-04-01 01:00:00");
    same(
        call(ScalarFunction.ADD_INTERVAL, SqlType.TIMESTAMP, STAMP, 9_000_000_000L, 0L, 0L),
        "22008");
    same(
        call(ScalarFunction.ADD_DAYS, SqlType.DATE, of("2024-02-28", SqlType.DATE), 2L),
        "2024-03-01");
    same(
        call(
            ScalarFunction.DAYS_BETWEEN,
            SqlType.INTEGER,
            of("2024-03-01", SqlType.DATE),
            of("2024-02-28", SqlType.DATE)),
        "2");
    same(call(ScalarFunction.MAKE_DATE, SqlType.DATE, 2024, 2, 30), "22008");
    same(call(ScalarFunction.TO_TIMESTAMP, SqlType.TIMESTAMPTZ, 1.5), "1970-01-01 00:00:01.5+00");
    same(cast(STAMP, SqlType.DATE), "2024-03-31");
    same(cast(STAMP, SqlType.TIME), "17:45:59.123456");
    same(cast(STAMP, SqlType.TIMESTAMPTZ), "2024-03-31 17:45:59.123456+00");
    same(cast(of("2024-03-31", SqlType.DATE), SqlType.TIMESTAMP), "2024-03-31 00:00:00");
  }

  @Test
  void fieldsOfDates() {
    String[][] fields = {
      {"year", "2024"},
      {"month", "3"},
      {"day", "31"},
      {"hour", "17"},
      {"minute", "45"},
      {"second", "59.123456"},
      {"milliseconds", "59123.456"},
      {"microseconds", "59123456"},
      {"dow", "0"},
      {"isodow", "7"},
      {"doy", "91"},
      {"week", "13"},
      {"isoyear", "2024"},
      {"quarter", "1"},
      {"decade", "202"},
      {"century", "21"},
      {"millennium", "3"},
      {"epoch", "1711907159.123456"},
      {"weekday", "22023"}
    };
    for (String[] field : fields) {
      same(call(ScalarFunction.EXTRACT, SqlType.NUMERIC, field[0], STAMP), field[1]);
    }
    same(
        call(ScalarFunction.EXTRACT, SqlType.BIGINT, "epoch", of("2024-03-31", SqlType.DATE)),
        "1711843200");
    same(call(ScalarFunction.EXTRACT, SqlType.NUMERIC, "hour", of("12:34", SqlType.TIME)), "12");
  }
}
