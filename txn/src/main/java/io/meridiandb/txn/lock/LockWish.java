package io.meridiandb.txn.lock;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;

/**
 * One range that a transaction wants to lock.
 *
 * @param range the keys, gaps included
 * @param mode SHARED or EXCLUSIVE
 */
public record LockWish(KeyRange range, LockMode mode) {
  public LockWish {
    Invariants.check(mode != LockMode.NONE, "a lock on %s of no mode", range);
  }
}
