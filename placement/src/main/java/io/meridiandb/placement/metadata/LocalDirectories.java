package io.meridiandb.placement.metadata;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.spanserver.directory.DirectoryRow;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.gateway.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one group knows of key ranges, read in a transaction and changed in it: the authority about
 * who owns what (protocol C5).
 *
 * @param group whose rows they are
 * @param rows all of them, in the order of their keys; they do not overlap
 */
public record LocalDirectories(GroupId group, List<DirectoryRow> rows) {
  public LocalDirectories {
    rows = List.copyOf(rows);
  }

  /** Reads and locks all rows of a group. */
  public static LocalDirectories read(Transaction transaction, GroupId group, LockMode lock) {
    List<DirectoryRow> rows =
        Rows.read(
                transaction,
                SystemTables.groupDirectories(group),
                GroupKeys.directories(group),
                lock)
            .stream()
            .map(DirectoryRow::of)
            .toList();
    return new LocalDirectories(group, rows);
  }

  /** Those that meet {@code range}. */
  public List<DirectoryRow> within(KeyRange range) {
    return rows.stream().filter(row -> row.range().overlaps(range)).toList();
  }

  /** The row of the directory that is exactly {@code range}; null if there is none. */
  public @Nullable DirectoryRow exactly(KeyRange range) {
    for (DirectoryRow row : rows) {
      if (row.range().equals(range)) {
        return row;
      }
    }
    return null;
  }

  /**
   * {@code range} piece by piece: a row for each piece that the group knows of; for the others one
   * made up, of generation 0, with group 0 as owner.
   */
  public List<DirectoryRow> pieces(KeyRange range) {
    List<DirectoryRow> pieces = new ArrayList<>();
    Key at = range.start();
    for (DirectoryRow row : within(range)) {
      if (at.compareTo(row.range().start()) < 0) {
        pieces.add(unknown(new KeyRange(at, row.range().start())));
        at = row.range().start();
      }
      Key end = earlier(row.range().end(), range.end());
      pieces.add(row.of(new KeyRange(at, end)));
      if (end == null) {
        return pieces;
      }
      at = end;
    }
    KeyRange rest = new KeyRange(at, range.end());
    if (!rest.isEmpty()) {
      pieces.add(unknown(rest));
    }
    return pieces;
  }

  private static DirectoryRow unknown(KeyRange range) {
    return new DirectoryRow(range, 0, 0, GroupId.ZERO, GroupId.ZERO, 0, List.of());
  }

  private static @Nullable Key earlier(@Nullable Key a, @Nullable Key b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.compareTo(b) <= 0 ? a : b;
  }

  /**
   * The writes after which the group knows {@code fresh}, and of everything else what it knew
   * before: rows that overlap it are cut.
   */
  public List<Mutation> with(DirectoryRow fresh) {
    List<Mutation> writes = new ArrayList<>();
    Key end = fresh.range().end();
    for (DirectoryRow old : within(fresh.range())) {
      KeyRange left = new KeyRange(old.range().start(), fresh.range().start());
      if (!left.isEmpty()) {
        writes.add(old.of(left).put(group));
      } else if (!old.range().start().equals(fresh.range().start())) {
        writes.add(Mutation.delete(GroupKeys.directory(group, old.range().start())));
      }
      if (end != null) {
        KeyRange right = new KeyRange(end, old.range().end());
        if (!right.isEmpty()) {
          writes.add(old.of(right).put(group));
        }
      }
    }
    writes.add(fresh.put(group));
    return writes;
  }
}
