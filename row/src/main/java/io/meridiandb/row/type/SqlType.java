package io.meridiandb.row.type;

/**
 * A SQL type.
 *
 * <p>Values in Java: BOOLEAN {@link Boolean}; SMALLINT, INTEGER, BIGINT {@link Long}; REAL, DOUBLE
 * {@link Double}; NUMERIC {@link java.math.BigDecimal}; TEXT {@link String}; BYTEA {@code byte[]};
 * DATE {@link java.time.LocalDate}; TIME {@link java.time.LocalTime}; TIMESTAMP {@link
 * java.time.LocalDateTime}; TIMESTAMPTZ {@link java.time.Instant} (both of microseconds); UUID
 * {@link java.util.UUID}; JSONB {@link String}. NULL is {@code null}.
 *
 * @param kind the family
 * @param precision digits of NUMERIC or greatest length of TEXT in code points; 0 is unlimited
 * @param scale digits of NUMERIC after the point; meaningless while precision is 0
 */
public record SqlType(Kind kind, int precision, int scale) {
  /** The families; the numbers are part of stored formats and of the wire protocol. */
  public enum Kind {
    BOOLEAN(1),
    SMALLINT(2),
    INTEGER(3),
    BIGINT(4),
    REAL(5),
    DOUBLE(6),
    NUMERIC(7),
    TEXT(8),
    BYTEA(9),
    DATE(10),
    TIMESTAMP(11),
    TIMESTAMPTZ(12),
    UUID(13),
    TIME(14),
    JSONB(15);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** The number in stored formats. */
    public int number() {
      return number;
    }

    /** Whether values are numbers. */
    public boolean isNumber() {
      return isInteger() || isFloat() || this == NUMERIC;
    }

    /** Whether values are whole numbers, {@link Long} in Java. */
    public boolean isInteger() {
      return this == SMALLINT || this == INTEGER || this == BIGINT;
    }

    /** Whether values are binary floating point numbers, {@link Double} in Java. */
    public boolean isFloat() {
      return this == REAL || this == DOUBLE;
    }

    /** Whether values are a day, with or without a time. */
    public boolean hasDate() {
      return this == DATE || this == TIMESTAMP || this == TIMESTAMPTZ;
    }

    /** Whether values of both kinds have the same Java class. */
    public boolean sameFormAs(Kind other) {
      return this == other
          || (isInteger() && other.isInteger())
          || (isFloat() && other.isFloat())
          || (isText() && other.isText());
    }

    private boolean isText() {
      return this == TEXT || this == JSONB;
    }

    /**
     * The kind of a stored number.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Kind ofNumber(int number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      throw new IllegalArgumentException("no SQL type has the number " + number);
    }
  }

  public static final SqlType BOOLEAN = of(Kind.BOOLEAN);
  public static final SqlType SMALLINT = of(Kind.SMALLINT);
  public static final SqlType INTEGER = of(Kind.INTEGER);
  public static final SqlType BIGINT = of(Kind.BIGINT);
  public static final SqlType REAL = of(Kind.REAL);
  public static final SqlType DOUBLE = of(Kind.DOUBLE);
  public static final SqlType NUMERIC = of(Kind.NUMERIC);
  public static final SqlType TEXT = of(Kind.TEXT);
  public static final SqlType BYTEA = of(Kind.BYTEA);
  public static final SqlType DATE = of(Kind.DATE);
  public static final SqlType TIME = of(Kind.TIME);
  public static final SqlType TIMESTAMP = of(Kind.TIMESTAMP);
  public static final SqlType TIMESTAMPTZ = of(Kind.TIMESTAMPTZ);
  public static final SqlType UUID = of(Kind.UUID);
  public static final SqlType JSONB = of(Kind.JSONB);

  /** The unlimited type of a family. */
  public static SqlType of(Kind kind) {
    return new SqlType(kind, 0, 0);
  }

  /** NUMERIC(precision, scale). */
  public static SqlType numeric(int precision, int scale) {
    return new SqlType(Kind.NUMERIC, precision, scale);
  }

  /** VARCHAR(length): text of at most so many code points. */
  public static SqlType varchar(int length) {
    return new SqlType(Kind.TEXT, length, 0);
  }

  /** The type as PostgreSQL names it, for messages. */
  public String sqlName() {
    return switch (kind) {
      case BOOLEAN -> "boolean";
      case SMALLINT -> "smallint";
      case INTEGER -> "integer";
      case BIGINT -> "bigint";
      case REAL -> "real";
      case DOUBLE -> "double precision";
      case NUMERIC -> precision == 0 ? "numeric" : "numeric(%d,%d)".formatted(precision, scale);
      case TEXT -> precision == 0 ? "text" : "character varying(%d)".formatted(precision);
      case BYTEA -> "bytea";
      case DATE -> "date";
      case TIME -> "time without time zone";
      case TIMESTAMP -> "timestamp without time zone";
      case TIMESTAMPTZ -> "timestamp with time zone";
      case UUID -> "uuid";
      case JSONB -> "jsonb";
    };
  }
}
