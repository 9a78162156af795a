package io.meridiandb.placement.metadata;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.spanserver.directory.DirectoryRow;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory in METADATA, an index that follows the groups' own rows: it may be behind.
 *
 * @param range its keys
 * @param id its number
 * @param generation as in the owner's row
 * @param group the owner
 * @param placementId the placement that it belongs to
 */
public record MetadataRow(
    KeyRange range, long id, long generation, GroupId group, long placementId) {
  /** What METADATA says once it has followed the owner's row. */
  public static MetadataRow of(DirectoryRow row) {
    return new MetadataRow(row.range(), row.id(), row.generation(), row.owner(), row.placementId());
  }

  /** All directories in the order of their keys. */
  public static List<MetadataRow> all(Transaction transaction, LockMode lock) {
    return Rows.all(transaction, SystemTables.DIRECTORIES, lock).stream()
        .map(MetadataRow::read)
        .toList();
  }

  private static MetadataRow read(@Nullable Object[] row) {
    Key start = row[0] instanceof byte[] bytes ? Key.of(bytes) : Key.MIN;
    Key end = row[1] instanceof byte[] bytes ? Key.of(bytes) : null;
    return new MetadataRow(
        new KeyRange(start, end),
        Rows.number(row[2]),
        Rows.number(row[3]),
        new GroupId(Rows.number(row[4])),
        Rows.number(row[5]));
  }

  /** Writes it unless something as new stands at the same start. */
  public void putIfNewer(Transaction transaction) {
    @Nullable Object @Nullable [] row =
        Rows.one(transaction, SystemTables.DIRECTORIES, range.start().bytes(), LockMode.EXCLUSIVE);
    if (row == null || read(row).generation < generation) {
      Key end = range.end();
      Rows.put(
          transaction,
          SystemTables.DIRECTORIES,
          range.start().bytes(),
          end == null ? null : end.bytes(),
          id,
          generation,
          group.value(),
          placementId);
    }
  }

  /** Deletes what stands at {@code start}. */
  public static void delete(Transaction transaction, Key start) {
    Rows.delete(transaction, SystemTables.DIRECTORIES, start.bytes());
  }
}
