package io.meridiandb.row.expr;

import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlType.Kind;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as PostgreSQL reads and writes them. */
final class NumberText {
  /** Doubles of at least 10^15 are written with an exponent, floats of at least 10^6. */
  private static final int DOUBLE_FIXED_MAX = 15;

  private static final int FLOAT_FIXED_MAX = 6;
  private static final int FIXED_MIN = -4;

  /** Longest text of digits that is looked at. */
  private static final int DIGITS_MAX = 200_000;

  private NumberText() {}

  static Long parseInteger(String text, SqlType type) {
    String digits = text.strip();
    try {
      long value = Long.parseLong(digits);
      ArithmeticFunctions.IntegerRange range = ArithmeticFunctions.IntegerRange.of(type);
      if (value >= range.min() && value <= range.max()) {
        return value;
      }
    } catch (NumberFormatException e) {
      if (!digits.matches("[+-]?[0-9]+")) {
        throw ValueText.invalid(text, type.sqlName());
      }
    }
    throw new MeridianException(
        ErrorCode.NUMERIC_OUT_OF_RANGE,
        "value \"%s\" is out of range for type %s".formatted(text, type.sqlName()));
  }

  static Double parseDouble(String text, SqlType type) {
    String word = text.strip();
    switch (word.toLowerCase(Locale.ROOT)) {
      case "nan" -> {
        return Double.NaN;
      }
      case "infinity", "+infinity", "inf", "+inf" -> {
        return Double.POSITIVE_INFINITY;
      }
      case "-infinity", "-inf" -> {
        return Double.NEGATIVE_INFINITY;
      }
      default -> {
        if (!isDecimal(word)) {
          throw ValueText.invalid(text, type.sqlName());
        }
        double value = Double.parseDouble(word);
        double fitted = type.kind() == Kind.REAL ? (double) Float.parseFloat(word) : value;
        boolean lost = fitted == 0 && !word.matches("[+-]?[0.]*([eE].*)?");
        if (Double.isInfinite(fitted) || lost) {
          throw new MeridianException(
              ErrorCode.NUMERIC_OUT_OF_RANGE,
              "\"%s\" is out of range for type %s".formatted(text, type.sqlName()));
        }
        return fitted;
      }
    }
  }

  static BigDecimal parseNumeric(String text) {
    String word = text.strip();
    if (!isDecimal(word) || word.length() > DIGITS_MAX) {
      throw ValueText.invalid(text, "numeric");
    }
    try {
      return new BigDecimal(word);
    } catch (NumberFormatException e) {
      throw Numerics.overflow(); // the exponent has more than ten digits
    }
  }

  /** Optional sign, digits with at most one point among them, optional exponent. */
  private static boolean isDecimal(String text) {
    int at = 0;
    int length = text.length();
    if (at < length && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
      at++;
    }
    int start = at;
    int points = 0;
    while (at < length && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      points += text.charAt(at) == '.' ? 1 : 0;
      at++;
    }
    if (points > 1 || at - start == points) {
      return false;
    }
    if (at < length && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < length && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      int exponent = at;
      while (at < length && isDigit(text.charAt(at))) {
        at++;
      }
      if (at == exponent) {
        return false;
      }
    }
    return at == length;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /**
   * The shortest digits that read back as the same number, as PostgreSQL 12 and newer write them.
   */
  static String format(double value, boolean asReal) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
    if (value == 0) {
      return sign + "0";
    }
    String shortest = asReal ? Float.toString((float) value) : Double.toString(value);
    BigDecimal exact = new BigDecimal(shortest).abs().stripTrailingZeros();
    String digits = exact.unscaledValue().toString();
    int exponent = digits.length() - exact.scale() - 1;
    if (exponent >= FIXED_MIN && exponent < (asReal ? FLOAT_FIXED_MAX : DOUBLE_FIXED_MAX)) {
      return sign + exact.toPlainString();
    }
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    return "%s%s%se%s%02d"
        .formatted(sign, digits.charAt(0), fraction, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** A floating point number as NUMERIC: 15 significant digits of a double, 6 of a real. */
  static BigDecimal toNumeric(double value, boolean fromReal) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new MeridianException(
          ErrorCode.NUMERIC_OUT_OF_RANGE,
          "cannot convert %s to numeric".formatted(format(value, fromReal)));
    }
    BigDecimal rounded =
        new BigDecimal(value).round(new MathContext(fromReal ? FLOAT_FIXED_MAX : DOUBLE_FIXED_MAX));
    BigDecimal plain = rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
    return plain.scale() < 0 ? plain.setScale(0) : plain;
  }

  /** Rounds a floating point number to a whole number, halves to even, as PostgreSQL's casts do. */
  static long toLong(double value, SqlType type) {
    double rounded = Math.rint(value);
    boolean fits = rounded >= -0x1p63 && rounded < 0x1p63;
    if (!fits) {
      throw new MeridianException(ErrorCode.NUMERIC_OUT_OF_RANGE, type.sqlName() + " out of range");
    }
    return (long) rounded;
  }

  /** Rounds a NUMERIC to a whole number, halves away from zero. */
  static long toLong(BigDecimal value, SqlType type) {
    Long whole = Numerics.toLong(value);
    if (whole == null) {
      throw new MeridianException(ErrorCode.NUMERIC_OUT_OF_RANGE, type.sqlName() + " out of range");
    }
    return whole;
  }

  static double toDouble(BigDecimal value, SqlType type) {
    double converted = type.kind() == Kind.REAL ? value.floatValue() : value.doubleValue();
    return ArithmeticFunctions.floatResult(
        type.kind(), converted, false, value.unscaledValue().equals(BigInteger.ZERO));
  }
}
