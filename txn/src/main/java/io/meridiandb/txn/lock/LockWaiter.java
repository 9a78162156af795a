package io.meridiandb.txn.lock;

/** What asked for locks and is told once, on the lock table's strand, how that ended. */
public interface LockWaiter {
  /** All locks asked for are held. What was true before the wait must be looked at again. */
  void granted();

  /**
   * They will never be held: the transaction was wounded, closed or abandoned while it waited, or a
   * later request of the same transaction took the place of this one, or it must not wait for whom
   * it met.
   */
  void dropped(LockLoss loss);
}
