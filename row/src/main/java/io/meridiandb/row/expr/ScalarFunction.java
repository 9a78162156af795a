package io.meridiandb.row.expr;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The functions and operators of expressions. The numbers are part of messages and stored defaults:
 * they are never changed or used again. Functions are strict (NULL if any argument is NULL) unless
 * said otherwise; what they do with which types stands in the PostgreSQL manual, chapter 9.
 */
public enum ScalarFunction {
  // Logic. AND and OR take two or more arguments and know three values.
  AND(1, Form.INFIX, "AND"),
  OR(2, Form.INFIX, "OR"),
  NOT(3, Form.PREFIX, "NOT"),
  IS_NULL(4, Form.POSTFIX, "IS NULL"),
  IS_NOT_NULL(5, Form.POSTFIX, "IS NOT NULL"),
  IS_TRUE(6, Form.POSTFIX, "IS TRUE"),
  IS_NOT_TRUE(7, Form.POSTFIX, "IS NOT TRUE"),
  IS_FALSE(8, Form.POSTFIX, "IS FALSE"),
  IS_NOT_FALSE(9, Form.POSTFIX, "IS NOT FALSE"),
  IS_DISTINCT_FROM(10, Form.INFIX, "IS DISTINCT FROM"),
  IS_NOT_DISTINCT_FROM(11, Form.INFIX, "IS NOT DISTINCT FROM"),
  /** condition, value, condition, value, ..., value otherwise; an odd number of arguments. */
  CASE(12, Form.SPECIAL, "CASE"),
  COALESCE(13, Form.CALL, "coalesce"),
  NULLIF(14, Form.CALL, "nullif"),
  /** Passes over NULLs. */
  GREATEST(15, Form.CALL, "greatest"),
  /** Passes over NULLs. */
  LEAST(16, Form.CALL, "least"),
  /** value, then the list; NULL if nothing is equal and any of them is NULL. */
  IN(17, Form.SPECIAL, "IN"),

  // Comparison, of two values of one type, or of two numbers, or of two dates and timestamps.
  EQ(20, Form.INFIX, "="),
  NE(21, Form.INFIX, "<>"),
  LT(22, Form.INFIX, "<"),
  LE(23, Form.INFIX, "<="),
  GT(24, Form.INFIX, ">"),
  GE(25, Form.INFIX, ">="),

  // Arithmetic: done in the call's own type, to which the arguments are brought first.
  ADD(30, Form.INFIX, "+"),
  SUBTRACT(31, Form.INFIX, "-"),
  MULTIPLY(32, Form.INFIX, "*"),
  DIVIDE(33, Form.INFIX, "/"),
  MOD(34, Form.INFIX, "%"),
  NEGATE(35, Form.PREFIX, "-"),
  ABS(36, Form.CALL, "abs"),
  CEIL(37, Form.CALL, "ceil"),
  FLOOR(38, Form.CALL, "floor"),
  /** value, and for NUMERIC optionally how many digits to keep. */
  ROUND(39, Form.CALL, "round"),
  /** value, and for NUMERIC optionally how many digits to keep. */
  TRUNC(40, Form.CALL, "trunc"),
  SQRT(41, Form.CALL, "sqrt"),
  POWER(42, Form.CALL, "power"),
  LN(43, Form.CALL, "ln"),
  EXP(44, Form.CALL, "exp"),
  /** value to base 10, or base and value. */
  LOG(45, Form.CALL, "log"),
  SIGN(46, Form.CALL, "sign"),
  /** The bits of a BIGINT from last to first but for the sign: spreads growing keys. */
  BIT_REVERSE(47, Form.CALL, "bit_reverse"),
  SIN(48, Form.CALL, "sin"),
  COS(49, Form.CALL, "cos"),
  TAN(50, Form.CALL, "tan"),
  ASIN(51, Form.CALL, "asin"),
  ACOS(52, Form.CALL, "acos"),
  ATAN(53, Form.CALL, "atan"),
  ATAN2(54, Form.CALL, "atan2"),
  RADIANS(55, Form.CALL, "radians"),
  DEGREES(56, Form.CALL, "degrees"),
  CBRT(57, Form.CALL, "cbrt"),

  /** The argument in the call's type; explicit casts, which cut text that is too long. */
  CAST(60, Form.SPECIAL, "CAST"),

  // Text. Positions and lengths count code points.
  /** value, pattern, and optionally the escape character ('' is none). */
  LIKE(70, Form.INFIX, "LIKE"),
  /** As LIKE, without regard to case. */
  ILIKE(71, Form.INFIX, "ILIKE"),
  /** Of TEXT or of BYTEA. */
  CONCAT(72, Form.INFIX, "||"),
  /** Passes over NULLs; arguments of any type. */
  CONCAT_ANY(73, Form.CALL, "concat"),
  /** separator, then values; passes over NULL values. */
  CONCAT_WS(74, Form.CALL, "concat_ws"),
  LOWER(75, Form.CALL, "lower"),
  UPPER(76, Form.CALL, "upper"),
  /** Of TEXT in code points, of BYTEA in bytes. */
  LENGTH(77, Form.CALL, "length"),
  OCTET_LENGTH(78, Form.CALL, "octet_length"),
  /** value, start from 1, and optionally how many. */
  SUBSTRING(79, Form.CALL, "substring"),
  /** what, in which; from 1, or 0. */
  POSITION(80, Form.CALL, "position"),
  /** value, and optionally the characters to take off. */
  TRIM_BOTH(81, Form.CALL, "btrim"),
  TRIM_LEADING(82, Form.CALL, "ltrim"),
  TRIM_TRAILING(83, Form.CALL, "rtrim"),
  REPLACE(84, Form.CALL, "replace"),
  SPLIT_PART(85, Form.CALL, "split_part"),
  LPAD(86, Form.CALL, "lpad"),
  RPAD(87, Form.CALL, "rpad"),
  LEFT(88, Form.CALL, "left"),
  RIGHT(89, Form.CALL, "right"),
  REPEAT(90, Form.CALL, "repeat"),
  REVERSE(91, Form.CALL, "reverse"),
  STARTS_WITH(92, Form.CALL, "starts_with"),
  MD5(93, Form.CALL, "md5"),
  INITCAP(94, Form.CALL, "initcap"),
  ASCII(95, Form.CALL, "ascii"),
  CHR(96, Form.CALL, "chr"),
  TRANSLATE(97, Form.CALL, "translate"),

  // Dates and times; units are text.
  /** unit, value of DATE, TIMESTAMP or TIMESTAMPTZ. */
  DATE_TRUNC(110, Form.CALL, "date_trunc"),
  /** field, value; a number in the call's type. */
  EXTRACT(111, Form.CALL, "date_part"),
  /** value, months, days, microseconds; a DATE is brought to the call's type first. */
  ADD_INTERVAL(112, Form.CALL, "add_interval"),
  /** DATE, days. */
  ADD_DAYS(113, Form.CALL, "add_days"),
  /** DATE minus DATE, in days. */
  DAYS_BETWEEN(114, Form.CALL, "days_between"),
  /** Timestamp minus timestamp, in microseconds. */
  MICROS_BETWEEN(115, Form.CALL, "micros_between"),
  /** year, month, day. */
  MAKE_DATE(116, Form.CALL, "make_date"),
  /** Seconds since 1970 as TIMESTAMPTZ. */
  TO_TIMESTAMP(117, Form.CALL, "to_timestamp");

  /** How a call is printed. */
  enum Form {
    INFIX,
    PREFIX,
    POSTFIX,
    CALL,
    SPECIAL
  }

  private static final Map<Integer, ScalarFunction> BY_NUMBER = byNumber();

  private final int number;
  private final Form form;
  private final String sql;

  ScalarFunction(int number, Form form, String sql) {
    this.number = number;
    this.form = form;
    this.sql = sql;
  }

  private static Map<Integer, ScalarFunction> byNumber() {
    Map<Integer, ScalarFunction> map = new LinkedHashMap<>();
    for (ScalarFunction function : values()) {
      if (map.put(function.number, function) != null) {
        throw new IllegalStateException("two functions have the number " + function.number);
      }
    }
    return map;
  }

  /** The number in stored formats and messages. */
  public int number() {
    return number;
  }

  /** The function or operator as SQL writes it. */
  public String sql() {
    return sql;
  }

  Form form() {
    return form;
  }

  /**
   * The function of a stored number.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ScalarFunction ofNumber(int number) {
    ScalarFunction function = BY_NUMBER.get(number);
    if (function == null) {
      throw new IllegalArgumentException("no function has the number " + number);
    }
    return function;
  }
}
