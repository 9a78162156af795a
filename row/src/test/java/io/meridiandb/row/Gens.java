package io.meridiandb.row;

import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.DateTimes;
import io.meridiandb.row.type.SqlType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Random values for property tests: extremes and neighbours turn up often. Seeded, so repeatable.
 */
public final class Gens {
  private static final long[] LONGS = {
    0,
    1,
    -1,
    127,
    128,
    -128,
    -129,
    255,
    256,
    -256,
    -257,
    65535,
    65536,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MAX_VALUE - 1,
    Long.MIN_VALUE + 1
  };
  private static final double[] DOUBLES = {
    0.0,
    -0.0,
    1,
    -1,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    0.1,
    -0.1
  };
  private static final String[] PIECES = {
    "",
    "a",
    "b",
    "ab",
    "A",
    "\0",
    "\0\0",
    "\1",
    "\u007f",
    "\u0080",
    "é",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "\ud83d\ude00",
    "\ud800\udc00",
    "\udbff\udfff",
    "z",
    " ",
    "%",
    "_"
  };

  private final Random random;

  public Gens(long seed) {
    this.random = new Random(seed);
  }

  public Random random() {
    return random;
  }

  public int below(int bound) {
    return random.nextInt(bound);
  }

  public long aLong() {
    return switch (below(3)) {
      case 0 -> LONGS[below(LONGS.length)];
      case 1 -> random.nextLong() >> below(64);
      default -> below(20) - 10;
    };
  }

  public double aDouble() {
    return switch (below(3)) {
      case 0 -> DOUBLES[below(DOUBLES.length)];
      case 1 -> Double.longBitsToDouble(random.nextLong());
      default -> below(20) / 4.0 - 2;
    };
  }

  public BigDecimal aNumeric() {
    return switch (below(4)) {
      case 0 -> BigDecimal.valueOf(aLong());
      case 1 -> BigDecimal.valueOf(below(2_000) - 1_000, below(6));
      case 2 -> new BigDecimal(new BigInteger(below(200), random), below(60) - 20);
      default -> new BigDecimal(new BigInteger(below(200), random).negate(), below(60) - 20);
    };
  }

  public String aText() {
    StringBuilder text = new StringBuilder();
    for (int i = below(5); i > 0; i--) {
      text.append(PIECES[below(PIECES.length)]);
    }
    return text.toString();
  }

  public byte[] someBytes() {
    byte[] bytes = new byte[below(6)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (below(3) == 0 ? below(256) : below(2) * 0xff);
    }
    return bytes;
  }

  /** A value of a type. */
  public Object value(SqlType type) {
    return switch (type.kind()) {
      case BOOLEAN -> random.nextBoolean();
      case SMALLINT -> (long) (short) aLong();
      case INTEGER -> (long) (int) aLong();
      case BIGINT -> aLong();
      case REAL -> (double) (float) aDouble();
      case DOUBLE -> aDouble();
      case NUMERIC -> aNumeric();
      case TEXT -> aText();
      case BYTEA -> someBytes();
      case DATE -> LocalDate.ofEpochDay(Math.clamp(aLong(), -700_000, 100_000_000));
      case TIME -> DateTimes.timeOfMicros(Math.floorMod(aLong(), DateTimes.MICROS_PER_DAY));
      case TIMESTAMP -> DateTimes.timestampOfMicros(aLong());
      case TIMESTAMPTZ -> DateTimes.instantOfMicros(aLong());
      case UUID -> new UUID(aLong(), aLong());
      case JSONB -> "{\"a\": " + aLong() + "}";
    };
  }

  /** The types that may stand in keys. */
  public static List<SqlType> keyTypes() {
    return List.of(
        SqlType.BOOLEAN,
        SqlType.SMALLINT,
        SqlType.INTEGER,
        SqlType.BIGINT,
        SqlType.REAL,
        SqlType.DOUBLE,
        SqlType.NUMERIC,
        SqlType.TEXT,
        SqlType.BYTEA,
        SqlType.DATE,
        SqlType.TIME,
        SqlType.TIMESTAMP,
        SqlType.TIMESTAMPTZ,
        SqlType.UUID);
  }

  /** A table whose first {@code keyParts} columns are the key. */
  public static TableDescriptor table(
      long id, TableDescriptor parent, List<KeyPart> key, SqlType... types) {
    List<ColumnDescriptor> columns = new ArrayList<>();
    for (int i = 0; i < types.length; i++) {
      columns.add(new ColumnDescriptor(i + 1, "c" + i, types[i], true, null));
    }
    return new TableDescriptor(id, "t" + id, columns, key, parent, false);
  }
}
