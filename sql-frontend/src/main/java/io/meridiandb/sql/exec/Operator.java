package io.meridiandb.sql.exec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of a running plan. Used by one fiber; may wait for reads. */
interface Operator extends AutoCloseable {
  /** About how many rows a batch has. */
  int BATCH_ROWS = 256;

  /** The next rows, at least one, or null at the end. The list belongs to the caller. */
  @Nullable List<@Nullable Object[]> next();

  /** How many rows an INSERT, UPDATE or DELETE wrote, once it has; -1 otherwise. */
  default long updateCount() {
    return -1;
  }

  /** Lets cursors go; no error if there is nothing to let go. */
  @Override
  void close();
}
