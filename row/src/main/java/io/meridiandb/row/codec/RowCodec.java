package io.meridiandb.row.codec;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes under a row's key. Immutable; make one per descriptor and keep it.
 *
 * <p>Format 1: a byte {@code 01}; then for each column outside of the key, in the order of the
 * table's columns, its id as varint and its value as {@link ValueWriter} writes it (NULL is written
 * too: a column that is absent was added after the row was written, and reads as its default); then
 * CRC32C of all that, 4 bytes, most significant first. A key column is written here as well when
 * its key form loses something: the scale of an unconstrained NUMERIC, the sign of a negative zero.
 * Ids that the descriptor does not know are passed over: their columns were dropped.
 */
public final class RowCodec {
  /** Longest row, in bytes, key not counted (DESIGN 10). */
  public static final int BYTES_MAX = 10 << 20;

  private static final int FORMAT = 1;
  private static final int CRC_BYTES = Integer.BYTES;
  private static final int BYTES_EXPECTED = 64;

  private final TableDescriptor table;
  private final KeyCodec keys;
  private final boolean[] inKey;

  /** Position of the column with an id, -1 for an id that the table has not. */
  private final int[] positionOfId;

  private final @Nullable Object[] absent;

  private RowCodec(TableDescriptor table) {
    this.table = table;
    this.keys = KeyCodec.of(table);
    int count = table.columns().size();
    this.inKey = new boolean[count];
    for (KeyPart part : table.primaryKey()) {
      inKey[part.column()] = true;
    }
    int highest = table.columns().stream().mapToInt(ColumnDescriptor::id).max().orElse(0);
    this.positionOfId = new int[highest + 1];
    Arrays.fill(positionOfId, -1);
    this.absent = new Object[count];
    for (int i = 0; i < count; i++) {
      ColumnDescriptor column = table.columns().get(i);
      positionOfId[column.id()] = i;
      absent[i] = column.defaultValue() instanceof Expr.Literal literal ? literal.value() : null;
    }
  }

  /** The codec of a table. */
  public static RowCodec of(TableDescriptor table) {
    return new RowCodec(table);
  }

  /** The codec of the same table's keys. */
  public KeyCodec keys() {
    return keys;
  }

  /**
   * The bytes of a row.
   *
   * @param row its values in the order of the table's columns, each of its column's type
   * @throws MeridianException PROGRAM_LIMIT_EXCEEDED for a row of more than {@link #BYTES_MAX}
   *     bytes
   */
  public byte[] encode(@Nullable Object[] row) {
    ValueWriter out = new ValueWriter(BYTES_EXPECTED);
    out.put(FORMAT);
    for (int i = 0; i < inKey.length; i++) {
      ColumnDescriptor column = table.columns().get(i);
      if (!inKey[i] || !exactInKey(column.type(), row[i])) {
        out.unsigned(column.id());
        out.value(row[i]);
        if (out.length() > BYTES_MAX) {
          throw new MeridianException(
              ErrorCode.PROGRAM_LIMIT_EXCEEDED,
              "a row of table \"%s\" is longer than the limit of %d bytes"
                  .formatted(table.name(), BYTES_MAX));
        }
      }
    }
    out.bigEndian(crc(out.array(), out.length()));
    return out.toBytes();
  }

  private static boolean exactInKey(SqlType type, @Nullable Object value) {
    return switch (value) {
      case BigDecimal number when type.precision() == 0 ->
          number.scale() == 0
              || (number.scale() > 0 && number.stripTrailingZeros().scale() == number.scale());
      case Double number -> number != 0.0 || Double.doubleToRawLongBits(number) == 0;
      case null, default -> true;
    };
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /**
   * Reads a row.
   *
   * @return its values in the order of the table's columns, or null if the key is not of this table
   * @throws MeridianException DATA_CORRUPTED if the bytes are damaged
   */
  public @Nullable Object @Nullable [] decode(Key key, byte[] value) {
    @Nullable Object[] row = new Object[inKey.length];
    return decode(key, value, null, row) ? row : null;
  }

  /**
   * Reads some columns of a row.
   *
   * @param wanted the columns to read, by position; null is all of them; key columns are always
   *     read
   * @param row where the values are put; those that are not wanted are left as they are
   * @return whether the key is one of this table
   * @throws MeridianException DATA_CORRUPTED if the bytes are damaged
   */
  public boolean decode(
      Key key, byte[] value, boolean @Nullable [] wanted, @Nullable Object[] row) {
    if (!keys.decode(key, row)) {
      return false;
    }
    for (int i = 0; i < inKey.length; i++) {
      if (!inKey[i]) {
        row[i] = absent[i];
      }
    }
    ValueReader in = open(key, value);
    while (!in.atEnd()) {
      long id = in.unsigned();
      int position = id >= 0 && id < positionOfId.length ? positionOfId[(int) id] : -1;
      if (position < 0 || (wanted != null && !wanted[position])) {
        in.skip();
      } else {
        row[position] = in.value();
      }
    }
    return true;
  }

  private ValueReader open(Key key, byte[] value) {
    int end = value.length - CRC_BYTES;
    if (end < 1) {
      throw damaged(key, value.length + " bytes are no row");
    }
    int stored = 0;
    for (int i = end; i < value.length; i++) {
      stored = stored << Byte.SIZE | (value[i] & 0xff);
    }
    if (stored != crc(value, end)) {
      throw damaged(key, "the checksum does not fit");
    }
    if (value[0] != FORMAT) {
      throw damaged(key, "row format " + value[0] + ", this server reads " + FORMAT);
    }
    return new ValueReader(value, 1, end);
  }

  private MeridianException damaged(Key key, String what) {
    return new MeridianException(
        ErrorCode.DATA_CORRUPTED,
        "a row of table \"%s\" (key %s) is damaged: %s".formatted(table.name(), key, what));
  }
}
