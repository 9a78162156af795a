package io.meridiandb.txn.lock;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.TxnId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The lock table of one group's leader: two-phase locks on ranges of keys, with wound-wait (Spanner
 * OSDI'12 4.2.1; protocol C2, G21).
 *
 * <p>A request meets locks or older waiting requests that stand against it. Owners that are younger
 * and whose commit is not under way are wounded: they lose everything at once. For the others it
 * waits. So a transaction waits only for older ones, or for ones that wait for nothing (sealed): no
 * cycle, no deadlock. Ages are kept over retries: no starvation.
 *
 * <p>A request of {@link Manner#PREPARING} belongs to a transaction that may be prepared in another
 * group already and then cannot be wounded there. So it does not wait for older ones that may in
 * turn wait for it elsewhere: it is refused. It waits for younger prepared ones, and for commits of
 * one group, which wait for nothing; so no cycle over groups either.
 *
 * <p>Locks live in memory and die with the leader, unless it hands them over ({@link #held}, {@link
 * #adopt}); {@link #open} numbers each holding, and a request that names a holding which is gone is
 * refused by the caller. Single-threaded, no clock inside. Callbacks run when the table is in
 * order, before the outermost call returns; they may call back.
 */
public class LockTable {
  /** Most requests that wait at once; one more is refused. */
  public static final int WAITERS_MAX = 10_000;

  /** Most ranges that one transaction may lock. */
  public static final int RANGES_PER_TRANSACTION_MAX = 200_000;

  /** Most ranges locked by all transactions together, about 200 bytes each. */
  public static final int RANGES_MAX = 1_000_000;

  /** What became of a request at once. */
  public enum Acceptance {
    /** The waiter has been told, or will be. */
    ACCEPTED,
    TOO_MANY_WAITERS,
    /** This transaction locks too much. */
    TRANSACTION_TOO_LARGE,
    /** All transactions together do. */
    TABLE_FULL
  }

  /** How a request behaves when others stand in its way. */
  public enum Manner {
    /** It waits for older ones. */
    WAITING,
    /** It is refused instead: a prepare of a transaction of several groups. */
    PREPARING
  }

  /** Is told when a transaction loses its locks without having asked for it. */
  public interface LossListener {
    void lost(TxnId id, LockLoss loss);
  }

  private final LossListener listener;
  private final Segments segments = new Segments();
  private final Map<TxnId, Holder> holders = new LinkedHashMap<>();
  private final TreeMap<LockOwner, LockRequest> waiters = new TreeMap<>();
  private final Deque<Holder> ended = new ArrayDeque<>();
  private final Deque<Runnable> callbacks = new ArrayDeque<>();
  private boolean settling;
  private long lastGrant;
  private int rangeCount;

  /** An empty table. */
  public LockTable(LossListener listener) {
    this.listener = listener;
  }

  /**
   * Makes the transaction known; it holds nothing yet.
   *
   * @param nowNanos a clock of the caller's that never steps
   * @return the number of this holding; the one it has already if it is known
   */
  public long open(LockOwner owner, long nowNanos) {
    Holder holder = holders.get(owner.id());
    if (holder == null) {
      holder = new Holder(owner, ++lastGrant, nowNanos);
      holders.put(owner.id(), holder);
    }
    holder.heardNanos = nowNanos;
    return holder.grant;
  }

  /** Whether the transaction still has the holding of that number, all of its locks included. */
  public boolean holds(TxnId id, long grant) {
    Holder holder = holders.get(id);
    return holder != null && holder.grant == grant;
  }

  /**
   * Asks for locks, in order; the transaction must be open and not sealed. If it waits already,
   * that request is dropped as superseded: of a request sent twice only the last is answered.
   */
  public Acceptance acquire(TxnId id, List<LockWish> wishes, LockWaiter waiter) {
    return acquire(id, wishes, Manner.WAITING, waiter);
  }

  /** As {@link #acquire(TxnId, List, LockWaiter)}, in the manner given. */
  public Acceptance acquire(TxnId id, List<LockWish> wishes, Manner manner, LockWaiter waiter) {
    Holder holder = require(id);
    Invariants.check(!holder.sealed, "%s asks for locks while its commit is under way", id);
    LockRequest before = holder.waiting;
    if (before != null) {
      unpark(before);
      callbacks.add(() -> before.waiter.dropped(LockLoss.SUPERSEDED));
    }
    Acceptance acceptance = admit(holder, wishes.size());
    if (acceptance == Acceptance.ACCEPTED) {
      advance(new LockRequest(holder, List.copyOf(wishes), manner, waiter));
    }
    settle();
    return acceptance;
  }

  private Acceptance admit(Holder holder, int wanted) {
    if (waiters.size() >= WAITERS_MAX) {
      return Acceptance.TOO_MANY_WAITERS;
    }
    if (holder.ranges.size() + wanted > RANGES_PER_TRANSACTION_MAX) {
      return Acceptance.TRANSACTION_TOO_LARGE;
    }
    return rangeCount + wanted > RANGES_MAX ? Acceptance.TABLE_FULL : Acceptance.ACCEPTED;
  }

  /** From now on the transaction cannot be wounded or abandoned: its commit is under way. */
  public void seal(TxnId id) {
    Holder holder = require(id);
    Invariants.check(holder.waiting == null, "%s commits while it waits for a lock", id);
    holder.sealed = true;
  }

  /**
   * As {@link #seal}, for a transaction of several groups: it keeps its locks until its outcome is
   * known, and may wait for others elsewhere meanwhile.
   */
  public void sealPrepared(TxnId id) {
    seal(id);
    require(id).prepared = true;
  }

  /**
   * A sealed transaction needs the lock of one range no longer; no effect if that is part of a
   * larger range that it has locked.
   */
  public void giveUp(TxnId id, KeyRange range) {
    Holder holder = require(id);
    Invariants.check(holder.sealed, "%s gives up a lock before its end", id);
    boolean alone = holder.ranges.stream().filter(range::overlaps).count() == 1;
    if (alone && holder.ranges.remove(range)) {
      rangeCount--;
      segments.remove(holder, range);
      ended.add(holder); // of this range only: who waits for it looks again
      settle();
    }
  }

  /** The transaction has ended: all its locks go. No effect if it is not known. */
  public void close(TxnId id) {
    Holder holder = holders.get(id);
    if (holder != null) {
      end(holder, LockLoss.CLOSED);
      settle();
    }
  }

  /** Its gateway lives. */
  public void heard(TxnId id, long grant, long nowNanos) {
    Holder holder = holders.get(id);
    if (holder != null && holder.grant == grant) {
      holder.heardNanos = nowNanos;
    }
  }

  /** Its gateway lives, whatever the number of its holding; no effect if it is not known. */
  public void heard(TxnId id, long nowNanos) {
    Holder holder = holders.get(id);
    if (holder != null) {
      holder.heardNanos = nowNanos;
    }
  }

  /** Ends unsealed transactions whose gateway has been silent since before {@code sinceNanos}. */
  public void abandonSilent(long sinceNanos) {
    List<Holder> silent = new ArrayList<>();
    for (Holder holder : holders.values()) {
      if (!holder.sealed && holder.heardNanos - sinceNanos < 0) {
        silent.add(holder);
      }
    }
    silent.sort((a, b) -> a.owner.compareTo(b.owner));
    for (Holder holder : silent) {
      end(holder, LockLoss.ABANDONED);
    }
    settle();
  }

  /**
   * What every transaction holds, oldest first: for the table of a leader that takes over. What
   * they wait for is not in it.
   */
  public List<HeldLocks> held() {
    Map<Holder, List<LockWish>> locks = segments.held();
    List<HeldLocks> held = new ArrayList<>(holders.size());
    for (Holder holder : holders.values()) {
      held.add(
          new HeldLocks(
              holder.owner,
              holder.grant,
              holder.heardNanos,
              locks.getOrDefault(holder, List.of())));
    }
    held.sort((a, b) -> a.owner().compareTo(b.owner()));
    return held;
  }

  /** The greatest number that a holding has had here. */
  public long lastGrant() {
    return lastGrant;
  }

  /** Numbers holdings from behind {@code grant}, so that none gets the number of an older one. */
  public void numberBehind(long grant) {
    lastGrant = Math.max(lastGrant, grant);
  }

  /**
   * Takes over what a transaction has held without a gap in another table, under the number it had
   * there. All of it or nothing: what cannot be had whole is not what it held.
   *
   * @return false, and nothing is done, if others stand against it, it is open here, or there is no
   *     room
   */
  public boolean adopt(HeldLocks held) {
    Holder holder = new Holder(held.owner(), held.grant(), held.heardNanos());
    if (holders.containsKey(held.owner().id()) || !take(holder, held.locks())) {
      return false;
    }
    holders.put(held.owner().id(), holder);
    return true;
  }

  /**
   * The same for a sealed transaction that is open here with some of its locks.
   *
   * @return false if it does not hold all of {@code locks} now
   */
  public boolean adoptSealed(TxnId id, List<LockWish> locks) {
    Holder holder = holders.get(id);
    return holder != null && holder.sealed && take(holder, locks);
  }

  private boolean take(Holder holder, List<LockWish> locks) {
    if (admit(holder, locks.size()) != Acceptance.ACCEPTED) {
      return false;
    }
    List<Holder> against = new ArrayList<>(0);
    for (LockWish lock : locks) {
      segments.conflicts(holder, lock.range(), lock.mode(), against::add);
    }
    if (!against.isEmpty()) {
      return false;
    }
    for (LockWish lock : locks) {
      if (!lock.range().isEmpty() && !segments.covers(holder, lock.range(), lock.mode())) {
        segments.add(holder, lock.range(), lock.mode());
        holder.ranges.add(lock.range());
        rangeCount++;
      }
    }
    return true;
  }

  /** How many ranges are locked. */
  public int rangeCount() {
    return rangeCount;
  }

  /** Ends everything: the leader has stepped down. The table may not be used afterwards. */
  public void dissolve() {
    List<LockRequest> waiting = List.copyOf(waiters.values());
    waiters.clear();
    holders.clear();
    for (LockRequest request : waiting) {
      callbacks.add(() -> request.waiter.dropped(LockLoss.STEPPED_DOWN));
    }
    settle();
  }

  /** How many requests wait. */
  public int waiterCount() {
    return waiters.size();
  }

  /** How many transactions are open. */
  public int holderCount() {
    return holders.size();
  }

  /** How many segments the key space is cut into: zero when nothing is locked. */
  int segmentCount() {
    return segments.count();
  }

  private Holder require(TxnId id) {
    Holder holder = holders.get(id);
    if (holder == null) {
      throw Invariants.unreachable("%s is not open in the lock table", id);
    }
    return holder;
  }

  /** Takes as many locks as can be had now; parks the request if something stands in the way. */
  private void advance(LockRequest request) {
    Holder holder = request.holder;
    while (request.next < request.wishes.size()) {
      LockWish wish = request.wishes.get(request.next);
      if (!wish.range().isEmpty() && !segments.covers(holder, wish.range(), wish.mode())) {
        if (request.manner == Manner.PREPARING && meetsOlder(holder, wish)) {
          unpark(request);
          callbacks.add(() -> request.waiter.dropped(LockLoss.OLDER_HOLDS));
          return;
        }
        Holder blocker = blockerOf(holder, wish.range(), wish.mode());
        if (blocker != null) {
          request.blocker = blocker;
          holder.waiting = request;
          waiters.put(holder.owner, request);
          return;
        }
        segments.add(holder, wish.range(), wish.mode());
        holder.ranges.add(wish.range());
        rangeCount++;
      }
      request.next++;
    }
    unpark(request);
    callbacks.add(() -> deliver(request));
  }

  /** Whether the wish would have to wait for an older one that may wait for it in another group. */
  private boolean meetsOlder(Holder self, LockWish wish) {
    List<Holder> against = new ArrayList<>(2);
    segments.conflicts(self, wish.range(), wish.mode(), against::add);
    for (Holder other : against) {
      boolean waitsForNothing = other.sealed && !other.prepared;
      if (other.owner.isOlderThan(self.owner) && !waitsForNothing) {
        return true;
      }
    }
    return olderWaiter(self, wish.range(), wish.mode()) != null;
  }

  /** Wounds who may be wounded; names one that the request has to wait for, if there is one. */
  private @Nullable Holder blockerOf(Holder self, KeyRange range, LockMode mode) {
    List<Holder> against = new ArrayList<>(2);
    segments.conflicts(self, range, mode, against::add);
    Holder blocker = null;
    for (Holder other : against) {
      if (holders.get(other.owner.id()) != other) {
        continue; // met before, in another segment, and wounded there
      }
      if (!other.sealed && self.owner.isOlderThan(other.owner)) {
        end(other, LockLoss.WOUNDED);
      } else {
        blocker = other;
      }
    }
    return blocker != null ? blocker : olderWaiter(self, range, mode);
  }

  /** An older request that waits for a lock which this one would take before its eyes. */
  private @Nullable Holder olderWaiter(Holder self, KeyRange range, LockMode mode) {
    for (LockRequest other : waiters.headMap(self.owner, false).values()) {
      if (other.stillConflicts(range, mode)) {
        return other.holder;
      }
    }
    return null;
  }

  /** A request may be granted, and its transaction wounded before it hears of it. */
  private void deliver(LockRequest request) {
    Holder holder = request.holder;
    if (holders.get(holder.owner.id()) == holder) {
      request.waiter.granted();
    } else {
      request.waiter.dropped(LockLoss.WOUNDED);
    }
  }

  private void unpark(LockRequest request) {
    if (request.holder.waiting == request) {
      request.holder.waiting = null;
      waiters.remove(request.holder.owner);
    }
  }

  private void end(Holder holder, LockLoss loss) {
    Invariants.check(
        !holder.sealed || loss == LockLoss.CLOSED, "%s is %s in its commit", holder.owner, loss);
    holders.remove(holder.owner.id());
    for (KeyRange range : holder.ranges) {
      segments.remove(holder, range);
    }
    rangeCount -= holder.ranges.size();
    LockRequest request = holder.waiting;
    if (request != null) {
      unpark(request);
      callbacks.add(() -> request.waiter.dropped(loss));
    }
    if (loss != LockLoss.CLOSED) {
      callbacks.add(() -> listener.lost(holder.owner.id(), loss));
    }
    ended.add(holder);
  }

  /** Lets requests go on whose blocker is gone, oldest first, then tells what has happened. */
  private void settle() {
    if (settling) {
      return;
    }
    settling = true;
    try {
      while (true) {
        Holder gone = ended.poll();
        if (gone != null) {
          wake(gone);
          continue;
        }
        Runnable callback = callbacks.poll();
        if (callback == null) {
          return;
        }
        callback.run();
      }
    } finally {
      settling = false;
    }
  }

  private void wake(Holder gone) {
    if (waiters.isEmpty()) {
      return;
    }
    for (LockRequest request : List.copyOf(waiters.values())) {
      if (request.blocker == gone && request.holder.waiting == request) {
        unpark(request);
        request.blocker = null;
        advance(request);
      }
    }
  }
}
