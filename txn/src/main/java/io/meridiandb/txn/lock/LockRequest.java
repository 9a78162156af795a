package io.meridiandb.txn.lock;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ranges that one transaction wants; those before {@link #next} are held already. */
final class LockRequest {
  final Holder holder;
  final List<LockWish> wishes;
  final LockTable.Manner manner;
  final LockWaiter waiter;
  int next;

  /** The one transaction whose end lets this request try again. */
  @Nullable Holder blocker;

  LockRequest(Holder holder, List<LockWish> wishes, LockTable.Manner manner, LockWaiter waiter) {
    this.holder = holder;
    this.wishes = wishes;
    this.manner = manner;
    this.waiter = waiter;
  }

  /** Whether what is still wanted here stands against a lock of {@code range} in {@code mode}. */
  boolean stillConflicts(KeyRange range, LockMode mode) {
    Invariants.check(next < wishes.size(), "%s waits for nothing", holder.owner);
    for (int i = next; i < wishes.size(); i++) {
      LockWish wish = wishes.get(i);
      boolean exclusive = wish.mode() == LockMode.EXCLUSIVE || mode == LockMode.EXCLUSIVE;
      if (exclusive && wish.range().overlaps(range)) {
        return true;
      }
    }
    return false;
  }
}
