package io.meridiandb.spanserver.directory;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.txn.Mutation;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is being copied into a group: a row of the group's own table {@link
 * SystemTables#groupArrivals}. Writing it empties the range there.
 *
 * @param range the directory's keys
 * @param mover the copy under way; versions of any other are ignored. 0: none, it was given up
 * @param source who owns it until the move's last transaction
 */
public record Arrival(KeyRange range, long mover, GroupId source) {
  /** The write of this row into the table of {@code group}. */
  public Mutation put(GroupId group) {
    RowCodec codec = RowCodec.of(SystemTables.groupArrivals(group));
    Key end = range.end();
    @Nullable Object[] row = {
      range.start().bytes(), end == null ? null : end.bytes(), mover, source.value()
    };
    return Mutation.put(codec.keys().encode(row), codec.encode(row));
  }

  /**
   * Reads a row.
   *
   * @param row its values in the order of the table's columns
   */
  public static Arrival of(@Nullable Object[] row) {
    if (row[0] instanceof byte[] start
        && row[2] instanceof Long mover
        && row[3] instanceof Long source) {
      Key end = row[1] instanceof byte[] bytes ? Key.of(bytes) : null;
      return new Arrival(new KeyRange(Key.of(start), end), mover, new GroupId(source));
    }
    throw new MeridianException(ErrorCode.DATA_CORRUPTED, "a row of an arrival lacks values");
  }
}
