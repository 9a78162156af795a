package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.proto.RollbackNotice;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The locks of one transaction in all groups. Used by the transaction's fiber. */
final class Holds {
  private final GatewayContext context;
  private final KeepAlives keepAlives;
  private final TxnId id;
  private final Timestamp age;
  private final TreeMap<GroupId, LockHold> holds = new TreeMap<>();
  private final TreeMap<GroupId, List<KeyRange>> exclusive = new TreeMap<>();

  Holds(GatewayContext context, KeepAlives keepAlives, TxnId id, Timestamp age) {
    this.context = context;
    this.keepAlives = keepAlives;
    this.id = id;
    this.age = age;
  }

  /** The holding in a group, whether locks are held there yet or not; the transaction is in use. */
  LockHold at(GroupId group) {
    long now = context.env().clocks().bootNanos();
    for (LockHold hold : holds.values()) {
      hold.lastUseNanos = now;
    }
    return holds.computeIfAbsent(group, key -> new LockHold(id, key, age, now));
  }

  /** A leader has granted locks. */
  void granted(LockHold hold, long epoch, long grant) {
    if (grant != 0 && !hold.granted()) {
      hold.granted(epoch, grant);
      keepAlives.add(hold);
    }
  }

  /**
   * A leader whose group does not own what was asked for has locked it all the same: gives that
   * back, so that the group takes no part; but not where other locks are held.
   *
   * @param before whether locks were held there before the request
   */
  void letGoOfWrong(LockHold hold, boolean before) {
    if (!before && hold.granted()) {
      keepAlives.remove(hold);
      giveBack(hold);
      holds.remove(hold.group);
    }
  }

  /** A range is locked whole. */
  void lockedWhole(GroupId group, KeyRange range) {
    exclusive.computeIfAbsent(group, key -> new ArrayList<>()).add(range);
  }

  /** The ranges that are locked whole in a group. */
  List<KeyRange> lockedWhole(GroupId group) {
    return exclusive.getOrDefault(group, List.of());
  }

  /** Where locks are held, by group. */
  List<LockHold> granted() {
    List<LockHold> found = new ArrayList<>();
    for (LockHold hold : holds.values()) {
      if (hold.granted()) {
        found.add(hold);
      }
    }
    return found;
  }

  /** Nobody vouches for the locks any more: they go with the outcome, or when their lease ends. */
  void vouchNoMore() {
    for (LockHold hold : granted()) {
      keepAlives.remove(hold);
    }
  }

  /**
   * Gives the locks back, and takes back what was asked for and never granted: it would wait in
   * front of others, be granted some time, and belong to nobody. What is prepared stays bound by
   * its outcome: that is told otherwise.
   */
  void giveBack() {
    List.copyOf(holds.values()).forEach(this::giveBack);
  }

  private void giveBack(LockHold hold) {
    context
        .messenger()
        .send(
            context.router().leader(hold.group).server(),
            TxnMessages.ROLLBACK,
            hold.group,
            RollbackNotice.newBuilder().setHolding(hold.holding(0)).build());
  }
}
