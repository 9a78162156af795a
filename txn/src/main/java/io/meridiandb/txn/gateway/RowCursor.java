package io.meridiandb.txn.gateway;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of a read, in batches. Used by one fiber; every method may wait. */
public interface RowCursor extends AutoCloseable {
  /** Most rows of a batch. */
  int BATCH_ROWS_MAX = 1024;

  /**
   * The next rows, at least one, or null at the end. Values are as {@link
   * io.meridiandb.row.type.SqlType} says; the arrays belong to the caller.
   */
  @Nullable List<@Nullable Object[]> next();

  @Override
  void close();
}
