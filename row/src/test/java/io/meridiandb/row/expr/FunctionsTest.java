package io.meridiandb.row.expr;

import static io.meridiandb.row.expr.Calls.call;
import static io.meridiandb.row.expr.Calls.cast;
import static io.meridiandb.row.expr.Calls.dec;
import static io.meridiandb.row.expr.Calls.nul;
import static io.meridiandb.row.expr.Calls.run;
import static io.meridiandb.row.expr.Calls.test;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.row.type.SqlType;
import org.junit.jupiter.api.Test;

/** Logic, comparison, arithmetic and text functions give PostgreSQL's results. */
class FunctionsTest {
  private static final Expr NULL_BOOLEAN = nul(SqlType.BOOLEAN);
  private static final Expr NULL_TEXT = nul(SqlType.TEXT);

  private static void same(Expr expr, String wanted) {
    assertThat(run(expr)).as("%s", expr).isEqualTo(wanted);
  }

  @Test
  void logicKnowsThreeValues() {
    same(test(ScalarFunction.AND, true, NULL_BOOLEAN), "NULL");
    same(test(ScalarFunction.AND, NULL_BOOLEAN, false), "false");
    same(test(ScalarFunction.AND, true, true, true), "true");
    same(test(ScalarFunction.OR, NULL_BOOLEAN, true), "true");
    same(test(ScalarFunction.OR, false, NULL_BOOLEAN), "NULL");
    same(test(ScalarFunction.NOT, NULL_BOOLEAN), "NULL");
    same(test(ScalarFunction.IS_NOT_TRUE, NULL_BOOLEAN), "true");
    same(test(ScalarFunction.IS_FALSE, NULL_BOOLEAN), "false");
    same(test(ScalarFunction.IS_NULL, NULL_TEXT), "true");
    same(test(ScalarFunction.IS_DISTINCT_FROM, NULL_TEXT, "a"), "true");
    same(test(ScalarFunction.IS_NOT_DISTINCT_FROM, NULL_TEXT, NULL_TEXT), "true");
    // AND stops at FALSE, CASE at the first TRUE: what is behind is never evaluated.
    Expr broken = test(ScalarFunction.EQ, call(ScalarFunction.DIVIDE, SqlType.INTEGER, 1, 0), 1);
    same(test(ScalarFunction.AND, false, broken), "false");
    same(call(ScalarFunction.CASE, SqlType.INTEGER, true, 1, broken, 2, 3), "1");
    same(call(ScalarFunction.CASE, SqlType.INTEGER, NULL_BOOLEAN, 1, false, 2, 3), "3");
    same(call(ScalarFunction.COALESCE, SqlType.TEXT, NULL_TEXT, "x", "y"), "x");
    same(call(ScalarFunction.COALESCE, SqlType.NUMERIC, NULL_TEXT, 1), "1");
    same(call(ScalarFunction.CASE, SqlType.DOUBLE, true, 1, 2.5), "1");
    same(test(ScalarFunction.EQ, NULL_TEXT, 1), "NULL");
    same(test(ScalarFunction.IS_DISTINCT_FROM, NULL_TEXT, 1), "true");
    same(call(ScalarFunction.NULLIF, SqlType.INTEGER, 1, 1), "NULL");
    same(call(ScalarFunction.NULLIF, SqlType.INTEGER, 1, 2), "1");
    same(call(ScalarFunction.GREATEST, SqlType.INTEGER, 1, nul(SqlType.INTEGER), 3), "3");
    same(call(ScalarFunction.LEAST, SqlType.NUMERIC, 2, dec("1.5")), "1.5");
  }

  @Test
  void comparisonFollowsPostgres() {
    same(test(ScalarFunction.EQ, dec("1.0"), dec("1.00")), "true");
    same(test(ScalarFunction.EQ, 1, dec("1.00")), "true");
    same(test(ScalarFunction.LT, 1L, 1.5), "true");
    same(test(ScalarFunction.EQ, Double.NaN, Double.NaN), "true");
    same(test(ScalarFunction.GT, Double.NaN, Double.POSITIVE_INFINITY), "true");
    same(test(ScalarFunction.EQ, 0.0, -0.0), "true");
    same(test(ScalarFunction.LT, "Z", "a"), "true");
    // Code points, not UTF-16 units: U+FFFF before U+1F600.
    same(test(ScalarFunction.LT, "\uffff", "\ud83d\ude00"), "true");
    same(test(ScalarFunction.LT, "", "a"), "true");
    same(test(ScalarFunction.EQ, "abc", "abc  "), "false");
    same(test(ScalarFunction.NE, 1, nul(SqlType.INTEGER)), "NULL");
    same(test(ScalarFunction.LT, new byte[] {1}, new byte[] {(byte) 0xff}), "true");
    same(
        test(
            ScalarFunction.EQ,
            Calls.of("2024-01-01", SqlType.DATE),
            Calls.of("2024-01-01 00:00", SqlType.TIMESTAMP)),
        "true");
    same(test(ScalarFunction.IN, 2, 1, 2, nul(SqlType.INTEGER)), "true");
    same(test(ScalarFunction.IN, 3, 1, 2, nul(SqlType.INTEGER)), "NULL");
    same(test(ScalarFunction.IN, 3, 1, 2), "false");
    same(test(ScalarFunction.IN, dec("3.0"), 1, 2, 3, 4, 5), "true");
    same(test(ScalarFunction.IN, 9, 1, 2, 3, 4, nul(SqlType.INTEGER)), "NULL");
  }

  @Test
  void integersAreChecked() {
    same(call(ScalarFunction.ADD, SqlType.INTEGER, 2147483647, 1), "22003");
    same(call(ScalarFunction.ADD, SqlType.BIGINT, 2147483647, 1), "2147483648");
    same(call(ScalarFunction.ADD, SqlType.BIGINT, Long.MAX_VALUE, 1L), "22003");
    same(call(ScalarFunction.SUBTRACT, SqlType.BIGINT, Long.MIN_VALUE, 1L), "22003");
    same(call(ScalarFunction.MULTIPLY, SqlType.BIGINT, Long.MIN_VALUE, -1L), "22003");
    same(call(ScalarFunction.DIVIDE, SqlType.BIGINT, Long.MIN_VALUE, -1L), "22003");
    same(call(ScalarFunction.MOD, SqlType.BIGINT, Long.MIN_VALUE, -1L), "0");
    same(call(ScalarFunction.NEGATE, SqlType.BIGINT, Long.MIN_VALUE), "22003");
    same(call(ScalarFunction.ABS, SqlType.INTEGER, -5), "5");
    same(call(ScalarFunction.DIVIDE, SqlType.INTEGER, -5, 2), "-2");
    same(call(ScalarFunction.MOD, SqlType.INTEGER, -5, 3), "-2");
    same(call(ScalarFunction.DIVIDE, SqlType.INTEGER, 1, 0), "22012");
    same(call(ScalarFunction.MOD, SqlType.INTEGER, 1, 0), "22012");
    same(call(ScalarFunction.ADD, SqlType.INTEGER, 1, nul(SqlType.INTEGER)), "NULL");
    same(call(ScalarFunction.BIT_REVERSE, SqlType.BIGINT, 1L), "4611686018427387904");
    same(call(ScalarFunction.SIGN, SqlType.INTEGER, -7), "-1");
  }

  @Test
  void numericHasPostgresScales() {
    same(call(ScalarFunction.ADD, SqlType.NUMERIC, dec("1.5"), dec("2.25")), "3.75");
    same(call(ScalarFunction.ADD, SqlType.NUMERIC, dec("1.50"), 1), "2.50");
    same(call(ScalarFunction.MULTIPLY, SqlType.NUMERIC, dec("1.50"), dec("2.0")), "3.000");
    same(call(ScalarFunction.DIVIDE, SqlType.NUMERIC, dec("5.0"), 2), "2.5000000000000000");
    same(
        call(ScalarFunction.DIVIDE, SqlType.NUMERIC, dec("1"), dec("3")), "0.33333333333333333333");
    same(
        call(ScalarFunction.DIVIDE, SqlType.NUMERIC, dec("2"), dec("3")), "0.66666666666666666667");
    same(
        call(ScalarFunction.DIVIDE, SqlType.NUMERIC, dec("100000"), dec("3")),
        "33333.333333333333");
    same(call(ScalarFunction.DIVIDE, SqlType.NUMERIC, dec("10"), dec("2")), "5.0000000000000000");
    same(call(ScalarFunction.DIVIDE, SqlType.NUMERIC, dec("1"), dec("0")), "22012");
    same(call(ScalarFunction.MOD, SqlType.NUMERIC, dec("-7.5"), dec("2")), "-1.5");
    same(call(ScalarFunction.ROUND, SqlType.NUMERIC, dec("2.5")), "3");
    same(call(ScalarFunction.ROUND, SqlType.NUMERIC, dec("-2.5")), "-3");
    same(call(ScalarFunction.ROUND, SqlType.NUMERIC, dec("1234.567"), 2L), "1234.57");
    same(call(ScalarFunction.ROUND, SqlType.NUMERIC, dec("1250"), -2L), "1300");
    same(call(ScalarFunction.TRUNC, SqlType.NUMERIC, dec("-1.99")), "-1");
    same(call(ScalarFunction.TRUNC, SqlType.NUMERIC, dec("1.999"), 1L), "1.9");
    same(call(ScalarFunction.CEIL, SqlType.NUMERIC, dec("-1.5")), "-1");
    same(call(ScalarFunction.FLOOR, SqlType.NUMERIC, dec("-1.5")), "-2");
    same(call(ScalarFunction.SQRT, SqlType.NUMERIC, dec("2")), "1.414213562373095");
    same(call(ScalarFunction.SQRT, SqlType.NUMERIC, dec("-1")), "22023");
    same(call(ScalarFunction.POWER, SqlType.NUMERIC, dec("2"), dec("10")), "1024.0000000000000");
  }

  @Test
  void floatsDoNotTurnIntoInfinityOrZero() {
    same(call(ScalarFunction.MULTIPLY, SqlType.DOUBLE, 1e300, 1e300), "22003");
    same(call(ScalarFunction.MULTIPLY, SqlType.DOUBLE, 1e-300, 1e-300), "22003");
    same(call(ScalarFunction.DIVIDE, SqlType.DOUBLE, 1.0, 0.0), "22012");
    same(call(ScalarFunction.ADD, SqlType.DOUBLE, Double.POSITIVE_INFINITY, 1.0), "Infinity");
    same(call(ScalarFunction.ADD, SqlType.DOUBLE, 0.1, 0.2), "0.30000000000000004");
    same(call(ScalarFunction.MULTIPLY, SqlType.REAL, 1e30, 1e30), "22003");
    same(call(ScalarFunction.ROUND, SqlType.DOUBLE, 2.5), "2");
    same(call(ScalarFunction.ROUND, SqlType.DOUBLE, -1.5), "-2");
    same(call(ScalarFunction.TRUNC, SqlType.DOUBLE, -1.7), "-1");
    same(call(ScalarFunction.SQRT, SqlType.DOUBLE, 2.0), "1.4142135623730951");
    same(call(ScalarFunction.POWER, SqlType.DOUBLE, 2, 10), "1024");
    same(call(ScalarFunction.POWER, SqlType.DOUBLE, 10.0, 400.0), "22003");
    same(call(ScalarFunction.LN, SqlType.DOUBLE, 0.0), "22023");
    same(call(ScalarFunction.LN, SqlType.DOUBLE, 1.0), "0");
    same(call(ScalarFunction.LOG, SqlType.DOUBLE, 1000.0), "3");
    same(call(ScalarFunction.LOG, SqlType.DOUBLE, 2.0, 8.0), "3");
    same(call(ScalarFunction.EXP, SqlType.DOUBLE, 0.0), "1");
  }

  @Test
  void textFunctionsCountCodePoints() {
    String smile = "a\ud83d\ude00b";
    same(call(ScalarFunction.LENGTH, SqlType.INTEGER, smile), "3");
    same(call(ScalarFunction.OCTET_LENGTH, SqlType.INTEGER, smile), "6");
    same(call(ScalarFunction.SUBSTRING, SqlType.TEXT, smile, 2, 1), "\ud83d\ude00");
    same(call(ScalarFunction.SUBSTRING, SqlType.TEXT, "abcdef", -1, 4), "ab");
    same(call(ScalarFunction.SUBSTRING, SqlType.TEXT, "abcdef", 3), "cdef");
    same(call(ScalarFunction.SUBSTRING, SqlType.TEXT, "abcdef", 2, Long.MAX_VALUE), "bcdef");
    same(call(ScalarFunction.SUBSTRING, SqlType.TEXT, "abcdef", 9), "");
    same(call(ScalarFunction.SUBSTRING, SqlType.TEXT, "abc", 1, -1), "22023");
    same(call(ScalarFunction.SUBSTRING, SqlType.BYTEA, new byte[] {1, 2, 3}, 2), "\\x0203");
    same(call(ScalarFunction.POSITION, SqlType.INTEGER, "b", smile), "3");
    same(call(ScalarFunction.POSITION, SqlType.INTEGER, "x", "abc"), "0");
    same(call(ScalarFunction.POSITION, SqlType.INTEGER, "", "abc"), "1");
    same(call(ScalarFunction.LEFT, SqlType.TEXT, "abcde", -2), "abc");
    same(call(ScalarFunction.RIGHT, SqlType.TEXT, "abcde", 2), "de");
    same(call(ScalarFunction.RIGHT, SqlType.TEXT, "abcde", -2), "cde");
    same(call(ScalarFunction.REVERSE, SqlType.TEXT, smile), "b\ud83d\ude00a");
    same(call(ScalarFunction.LPAD, SqlType.TEXT, "hi", 5, "xy"), "xyxhi");
    same(call(ScalarFunction.RPAD, SqlType.TEXT, "hi", 5), "hi   ");
    same(call(ScalarFunction.LPAD, SqlType.TEXT, "hello", 2), "he");
    same(call(ScalarFunction.REPEAT, SqlType.TEXT, "ab", 3), "ababab");
    same(call(ScalarFunction.REPEAT, SqlType.TEXT, "ab", Long.MAX_VALUE), "54000");
  }

  @Test
  void textFunctionsFollowPostgres() {
    same(call(ScalarFunction.UPPER, SqlType.TEXT, "straße é"), "STRAßE É");
    same(call(ScalarFunction.INITCAP, SqlType.TEXT, "hi THOMAS o'neil"), "Hi Thomas O'Neil");
    same(call(ScalarFunction.TRIM_BOTH, SqlType.TEXT, "xxabcyx", "xy"), "abc");
    same(call(ScalarFunction.TRIM_LEADING, SqlType.TEXT, "  a "), "a ");
    same(call(ScalarFunction.TRIM_TRAILING, SqlType.TEXT, "  a "), "  a");
    same(call(ScalarFunction.REPLACE, SqlType.TEXT, "abcabc", "b", "XX"), "aXXcaXXc");
    same(call(ScalarFunction.REPLACE, SqlType.TEXT, "abc", "", "X"), "abc");
    same(call(ScalarFunction.SPLIT_PART, SqlType.TEXT, "a,b,c", ",", 2), "b");
    same(call(ScalarFunction.SPLIT_PART, SqlType.TEXT, "a,b,c", ",", -1), "c");
    same(call(ScalarFunction.SPLIT_PART, SqlType.TEXT, "a,b,c", ",", -3), "a");
    same(call(ScalarFunction.SPLIT_PART, SqlType.TEXT, "a,b,c", ",", 4), "");
    same(call(ScalarFunction.SPLIT_PART, SqlType.TEXT, "a", ",", 0), "22023");
    same(call(ScalarFunction.STARTS_WITH, SqlType.BOOLEAN, "alphabet", "alph"), "true");
    same(call(ScalarFunction.TRANSLATE, SqlType.TEXT, "12345", "143", "ax"), "a2x5");
    same(call(ScalarFunction.MD5, SqlType.TEXT, "abc"), "900150983cd24fb0d6963f7d28e17f72");
    same(call(ScalarFunction.ASCII, SqlType.INTEGER, "x"), "120");
    same(call(ScalarFunction.CHR, SqlType.TEXT, 65), "A");
    same(call(ScalarFunction.CONCAT, SqlType.TEXT, "a", NULL_TEXT), "NULL");
    same(call(ScalarFunction.CONCAT, SqlType.TEXT, "a", 1, true), "a1true");
    same(call(ScalarFunction.CONCAT, SqlType.BYTEA, new byte[] {1}, new byte[] {2}), "\\x0102");
    same(call(ScalarFunction.CONCAT_ANY, SqlType.TEXT, "a", NULL_TEXT, 22), "a22");
    same(call(ScalarFunction.CONCAT_WS, SqlType.TEXT, ",", "a", NULL_TEXT, "c"), "a,c");
  }

  @Test
  void likeMatches() {
    same(test(ScalarFunction.LIKE, "abc", "a%"), "true");
    same(test(ScalarFunction.LIKE, "abc", "_b_"), "true");
    same(test(ScalarFunction.LIKE, "abc", "c"), "false");
    same(test(ScalarFunction.LIKE, "abc", "%b%"), "true");
    same(test(ScalarFunction.LIKE, "", "%"), "true");
    same(test(ScalarFunction.LIKE, "", "_"), "false");
    same(test(ScalarFunction.LIKE, "a\ud83d\ude00", "a_"), "true");
    same(test(ScalarFunction.LIKE, "10%", "10\\%"), "true");
    same(test(ScalarFunction.LIKE, "10x", "10\\%"), "false");
    same(test(ScalarFunction.LIKE, "10%", "10#%", "#"), "true");
    same(test(ScalarFunction.LIKE, "a\\b", "a\\b", ""), "true");
    same(test(ScalarFunction.LIKE, "a", "a\\"), "22025");
    same(test(ScalarFunction.LIKE, "a", "a", "ab"), "22025");
    same(test(ScalarFunction.LIKE, "ABC", "abc"), "false");
    same(test(ScalarFunction.ILIKE, "ÀBC", "àb%"), "true");
    same(test(ScalarFunction.LIKE, "aab", "a%ab"), "true");
    same(test(ScalarFunction.LIKE, NULL_TEXT, "a"), "NULL");
    // Exponential for a backtracking matcher.
    same(test(ScalarFunction.LIKE, "a".repeat(2_000), "%a".repeat(300) + "b"), "false");
  }

  @Test
  void columnsAndParametersAreRead() {
    Expr sum =
        call(
            ScalarFunction.ADD,
            SqlType.BIGINT,
            new Expr.Column(1, SqlType.BIGINT),
            new Expr.Parameter(0, SqlType.BIGINT));
    Expr bound = new ExprBinder(40L).bind(sum);
    assertThat(Evaluator.compile(bound).eval(new Object[] {"x", 2L})).isEqualTo(42L);
    assertThat(ExprText.of(sum, java.util.List.of("a", "b"))).isEqualTo("b + $1");
    assertThat(Exprs.moveColumns(sum, i -> i + 3).toString()).contains("index=4");
    assertThat(new ExprBinder(40L).bind(cast("1", SqlType.INTEGER)))
        .isEqualTo(cast("1", SqlType.INTEGER));
  }
}
