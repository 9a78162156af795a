package io.meridiandb.txn.lock;

import java.util.List;

/**
 * What one transaction holds in a lock table, in the form in which another table takes it over.
 *
 * @param grant the number of its holding; it keeps it
 * @param heardNanos when its gateway was last heard of, on the clock of the table's user
 * @param locks disjoint ranges in the order of keys
 */
public record HeldLocks(LockOwner owner, long grant, long heardNanos, List<LockWish> locks) {
  /** A copy that nobody changes. */
  public HeldLocks {
    locks = List.copyOf(locks);
  }
}
