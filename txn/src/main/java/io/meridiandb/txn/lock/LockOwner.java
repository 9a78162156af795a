package io.meridiandb.txn.lock;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.TxnId;

/**
 * Who asks for locks, and how it ranks against others in wound-wait (Spanner OSDI'12 4.2.1): the
 * smaller owner is the older one, and the older one wins.
 *
 * @param age when its first attempt began; kept over retries, so that no transaction starves
 * @param id breaks ties
 */
public record LockOwner(Timestamp age, TxnId id) implements Comparable<LockOwner> {
  @Override
  public int compareTo(LockOwner other) {
    int order = age.compareTo(other.age);
    return order == 0 ? id.compareTo(other.id) : order;
  }

  /** Whether this one wins against {@code other}. */
  public boolean isOlderThan(LockOwner other) {
    return compareTo(other) < 0;
  }
}
