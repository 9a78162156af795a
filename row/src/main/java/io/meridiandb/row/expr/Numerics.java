package io.meridiandb.row.expr;

import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** NUMERIC as PostgreSQL's numeric.c computes it: above all the scale of results. */
final class Numerics {
  /** Most digits before the point (PostgreSQL's NUMERIC_WEIGHT_MAX). */
  private static final int DIGITS_BEFORE_POINT_MAX = 131_072;

  /** Most digits behind the point. */
  private static final int SCALE_MAX = 16_383;

  /** Most digits behind the point that a division or a root makes. */
  private static final int RESULT_SCALE_MAX = 1_000;

  /** A quotient has at least so many significant digits. */
  private static final int SIGNIFICANT_DIGITS_MIN = 16;

  /** PostgreSQL computes in base 10,000: digits of one such digit. */
  private static final int BASE_DIGITS = 4;

  private Numerics() {}

  static BigDecimal checkSize(BigDecimal value) {
    if ((long) value.precision() - value.scale() > DIGITS_BEFORE_POINT_MAX) {
      throw overflow();
    }
    return value.scale() > SCALE_MAX ? value.setScale(SCALE_MAX, RoundingMode.HALF_UP) : value;
  }

  static MeridianException overflow() {
    return new MeridianException(ErrorCode.NUMERIC_OUT_OF_RANGE, "value overflows numeric format");
  }

  static BigDecimal multiply(BigDecimal a, BigDecimal b) {
    return a.multiply(b);
  }

  static BigDecimal divide(BigDecimal a, BigDecimal b) {
    if (b.signum() == 0) {
      throw ArithmeticFunctions.divisionByZero();
    }
    return a.divide(b, quotientScale(a, b), RoundingMode.HALF_UP);
  }

  /** PostgreSQL's select_div_scale. */
  private static int quotientScale(BigDecimal a, BigDecimal b) {
    int weight = weight(a) - weight(b);
    if (firstDigit(a) <= firstDigit(b)) {
      weight--;
    }
    int scale = SIGNIFICANT_DIGITS_MIN - weight * BASE_DIGITS;
    scale = Math.max(scale, Math.max(a.scale(), b.scale()));
    return Math.clamp(scale, 0, RESULT_SCALE_MAX);
  }

  /** The power of 10,000 of the first digit in base 10,000. */
  private static int weight(BigDecimal value) {
    return value.signum() == 0
        ? 0
        : Math.floorDiv(value.precision() - value.scale() - 1, BASE_DIGITS);
  }

  private static int firstDigit(BigDecimal value) {
    return value
        .abs()
        .movePointLeft(weight(value) * BASE_DIGITS)
        .setScale(0, RoundingMode.DOWN)
        .intValueExact();
  }

  static BigDecimal remainder(BigDecimal a, BigDecimal b) {
    if (b.signum() == 0) {
      throw ArithmeticFunctions.divisionByZero();
    }
    return a.remainder(b).setScale(Math.max(a.scale(), b.scale()), RoundingMode.UNNECESSARY);
  }

  static BigDecimal sqrt(BigDecimal value) {
    if (value.signum() == 0) {
      return value;
    }
    int digitsBefore = (weight(value) + 1) * BASE_DIGITS / 2 - 1; // as PostgreSQL guesses them
    int scale = SIGNIFICANT_DIGITS_MIN - digitsBefore;
    scale = Math.clamp(Math.max(scale, value.scale()), 0, RESULT_SCALE_MAX);
    int digits = Math.max(1, (value.precision() - value.scale()) / 2 + 2 + scale);
    return value
        .sqrt(new MathContext(digits, RoundingMode.HALF_UP))
        .setScale(scale, RoundingMode.HALF_UP);
  }

  /**
   * Powers with a whole exponent, with at least 16 significant digits; null for other exponents.
   */
  static @Nullable BigDecimal power(BigDecimal base, BigDecimal exponent) {
    if (exponent.stripTrailingZeros().scale() > 0
        || exponent.abs().compareTo(BigDecimal.valueOf(99_999)) > 0) {
      return null;
    }
    int n = exponent.intValue();
    double digitsBefore = n * StrictMath.log10(Math.abs(base.doubleValue()));
    if (digitsBefore > DIGITS_BEFORE_POINT_MAX) {
      throw overflow();
    }
    int scale =
        Math.clamp(
            Math.max(SIGNIFICANT_DIGITS_MIN - (long) digitsBefore, base.scale()),
            0,
            RESULT_SCALE_MAX);
    if (base.signum() == 0 && n < 0) {
      throw ArithmeticFunctions.divisionByZero();
    }
    int digits = (int) Math.max(1, (long) digitsBefore + scale + 10);
    BigDecimal result = base.pow(n, new MathContext(digits, RoundingMode.HALF_UP));
    return result.setScale(scale, RoundingMode.HALF_UP);
  }

  /**
   * Rounds to a type's scale, half away from zero.
   *
   * @throws MeridianException NUMERIC_OUT_OF_RANGE if the digits before the point are too many
   */
  static BigDecimal fit(BigDecimal value, SqlType type) {
    if (type.precision() == 0) {
      BigDecimal checked = checkSize(value);
      return checked.scale() < 0 ? checked.setScale(0) : checked;
    }
    // Looked at before rounding: 1e100000 must not be written out first.
    boolean huge = (long) value.precision() - value.scale() > (long) type.precision() + 1;
    BigDecimal rounded =
        huge && value.signum() != 0 ? value : value.setScale(type.scale(), RoundingMode.HALF_UP);
    if (value.signum() != 0
        && (huge || (rounded.precision() > type.precision() && rounded.signum() != 0))) {
      throw new MeridianException(
          ErrorCode.NUMERIC_OUT_OF_RANGE,
          "numeric field overflow: a field with precision %d, scale %d must round to an absolute value less than 10^%d"
              .formatted(type.precision(), type.scale(), type.precision() - type.scale()));
    }
    return rounded;
  }

  /** Rounds to a number of digits behind the point, which may be negative. */
  static BigDecimal round(BigDecimal value, long digits, RoundingMode mode) {
    int scale = Math.clamp(digits, -DIGITS_BEFORE_POINT_MAX, SCALE_MAX);
    BigDecimal rounded = value.setScale(scale, mode);
    return rounded.scale() < 0 ? rounded.setScale(0, RoundingMode.UNNECESSARY) : rounded;
  }

  /** As a whole number within 64 bits; null beyond. */
  static @Nullable Long toLong(BigDecimal value) {
    if ((long) value.precision() - value.scale() > 20) {
      return null;
    }
    BigInteger whole = value.setScale(0, RoundingMode.HALF_UP).toBigInteger();
    return whole.bitLength() < Long.SIZE ? (Long) whole.longValue() : null;
  }
}
