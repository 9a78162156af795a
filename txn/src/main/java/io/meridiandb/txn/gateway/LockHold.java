package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.Holding;

/**
 * The locks that a transaction holds at one group's leader, as its gateway knows them. Written by
 * the transaction's fiber; {@link #lastUseNanos} is read by the keep-alive strand.
 */
final class LockHold {
  final TxnId id;
  final GroupId group;
  private final Timestamp age;
  private long epoch;
  private long grant;

  /** When the transaction last did something, on the boot clock. */
  volatile long lastUseNanos;

  LockHold(TxnId id, GroupId group, Timestamp age, long nowNanos) {
    this.id = id;
    this.group = group;
    this.age = age;
    this.lastUseNanos = nowNanos;
  }

  /** Whether any lock has been granted. */
  boolean granted() {
    return grant != 0;
  }

  void granted(long newEpoch, long newGrant) {
    epoch = newEpoch;
    grant = newGrant;
  }

  /** How the transaction names itself to a leader that is believed to lead under {@code guess}. */
  Holding holding(long guess) {
    return Holding.newBuilder()
        .setTxn(Protos.txn(id))
        .setAgeNanos(age.nanos())
        .setEpoch(granted() ? epoch : guess)
        .setGrant(grant)
        .build();
  }
}
