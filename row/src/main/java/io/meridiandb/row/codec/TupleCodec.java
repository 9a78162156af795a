package io.meridiandb.row.codec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batches of result tuples as they travel between servers. Format 1: a byte {@code 01}, the number
 * of tuples and of columns as varints, then tuple after tuple each value as {@link ValueWriter}
 * writes it: every value names its own form, so that the reader needs no schema. Damage in transit
 * is the transport's business; there is no checksum here.
 */
public final class TupleCodec {
  private static final int FORMAT = 1;
  private static final int BYTES_EXPECTED = 256;

  private TupleCodec() {}

  /** The bytes of a batch; all tuples have the same number of values. */
  public static byte[] encode(List<? extends @Nullable Object[]> tuples) {
    int columns = tuples.isEmpty() ? 0 : tuples.getFirst().length;
    ValueWriter out = new ValueWriter(BYTES_EXPECTED);
    out.put(FORMAT);
    out.unsigned(tuples.size());
    out.unsigned(columns);
    for (@Nullable Object[] tuple : tuples) {
      if (tuple.length != columns) {
        throw new IllegalArgumentException(
            "a tuple of " + tuple.length + " values in a batch of " + columns + " columns");
      }
      for (Object value : tuple) {
        out.value(value);
      }
    }
    return out.toBytes();
  }

  /**
   * Reads a batch.
   *
   * @throws io.meridiandb.wire.MeridianException DATA_CORRUPTED if the bytes are no batch
   */
  public static List<@Nullable Object[]> decode(byte[] bytes) {
    ValueReader in = new ValueReader(bytes, 0, bytes.length);
    int format = in.next();
    if (format != FORMAT) {
      throw in.damaged("tuple format " + format + ", this server reads " + FORMAT);
    }
    long count = in.unsigned();
    long columns = in.unsigned();
    // Each value has at least one byte, so larger numbers are damage; tuples may have no columns.
    boolean fits =
        count >= 0
            && columns >= 0
            && columns <= bytes.length
            && (columns == 0 ? count <= Integer.MAX_VALUE : count <= bytes.length / columns);
    if (!fits) {
      throw in.damaged("%d tuples of %d columns".formatted(count, columns));
    }
    List<@Nullable Object[]> tuples = new ArrayList<>((int) Math.min(count, bytes.length));
    for (long i = 0; i < count; i++) {
      @Nullable Object[] tuple = new Object[(int) columns];
      for (int j = 0; j < tuple.length; j++) {
        tuple[j] = in.value();
      }
      tuples.add(tuple);
    }
    if (!in.atEnd()) {
      throw in.damaged("there are bytes behind the last tuple");
    }
    return tuples;
  }
}
