package io.meridiandb.txn.participant;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.lock.LockLoss;
import io.meridiandb.txn.lock.LockOwner;
import io.meridiandb.txn.lock.LockTable;
import io.meridiandb.txn.lock.LockTable.Manner;
import io.meridiandb.txn.lock.LockWaiter;
import io.meridiandb.txn.lock.LockWish;
import io.meridiandb.txn.participant.PendingEntries.Pending;
import io.meridiandb.txn.participant.PreparedTable.Prepared;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.Directory;
import io.meridiandb.txn.proto.Holding;
import io.meridiandb.txn.proto.PreparedEntry;
import io.meridiandb.txn.proto.Range;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.txn.proto.Write.Condition;
import io.meridiandb.wire.ErrorCode;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The volatile state of one leadership of a group, from its first entry to its step-down: locks,
 * unapplied entries, refusals. Nothing of it outlives the leadership, and requests that rest on it
 * name its epoch; but locks may go to the next leader ({@link LockTransfers}).
 */
final class Leadership {
  /** Most transactions of which it is remembered why they lost their locks, or want none. */
  private static final int LOSSES_MAX = 10_000;

  /** What goes on when locks are held, or never will be. */
  interface Continuation {
    void locked(long grant);

    void refused(Refusal refusal);
  }

  final ParticipantContext context;
  final Base base;
  final GroupState state;
  final SchemaGate schema;
  final Rules rules;
  final long epoch;
  final LockTable locks;
  final PendingEntries pending = new PendingEntries();
  final RememberedRefusals refusals = new RememberedRefusals();
  final UnderWay underWay;
  final InheritedLocks inherited;
  private final Map<TxnId, LockLoss> losses = new LinkedHashMap<>();
  private final SequencedSet<TxnId> takenBack = new LinkedHashSet<>();
  private boolean over;

  /**
   * Begins.
   *
   * @param epoch a number that no other leadership of this group has
   * @param lockTables makes its lock table
   */
  Leadership(Base base, long epoch, Function<LockTable.LossListener, LockTable> lockTables) {
    this.context = base.context();
    this.base = base;
    this.state = base.state();
    this.schema = base.schema();
    this.rules = base.rules();
    this.epoch = epoch;
    this.underWay = new UnderWay(context.strand());
    this.locks = lockTables.apply(this::lost);
    this.inherited = new InheritedLocks(this);
  }

  /**
   * Takes over what earlier leaders have voted for (protocol C3, G8): the write sets are locked
   * again, and every timestamp is above the leases under which votes with other locks were given,
   * unless these were handed over.
   *
   * @param given the locks that the leader before has handed over; empty if none
   */
  void inherit(ByteString given) {
    if (rules.hold(Rule.PREPARED_LOCKS)) {
      // A change of the schema is prepared only when nobody needs the schema to stay any more.
      boolean changing = state.prepared.conflict(schema.range, Timestamp.MAX) != null;
      state.prepared.all().forEach(prepared -> lockAgain(prepared, !changing));
      freeSchema();
    }
    inherited.take(given);
    if (rules.hold(Rule.FLOOR_OF_VOTES)) {
      context.replication().raiseFloor(state.prepared.floor(vote -> !inherited.hasLostReads(vote)));
    }
  }

  private void lockAgain(Prepared prepared, boolean schemaToo) {
    PreparedEntry entry = prepared.entry;
    LockOwner owner = new LockOwner(new Timestamp(entry.getAgeNanos()), prepared.id);
    locks.open(owner, context.clocks().bootNanos());
    List<LockWish> wishes =
        wishes(
            entry.getWritesList(),
            entry.getExclusiveRangesList(),
            schemaToo && entry.getSchemaChecked());
    boolean[] granted = new boolean[1];
    locks.acquire(
        prepared.id,
        wishes,
        new LockWaiter() {
          @Override
          public void granted() {
            granted[0] = true;
          }

          @Override
          public void dropped(LockLoss loss) {
            throw Invariants.unreachable("%s is prepared and %s", prepared.id, loss);
          }
        });
    Invariants.check(granted[0], "%s is prepared, others hold its locks", prepared.id);
    locks.sealPrepared(prepared.id);
  }

  /**
   * Lets the schema change again although votes have no outcome. A vote's transaction commits at or
   * below the end of the lease under which it was given, or not at all (protocol G8): once that has
   * passed, whatever changes the schema comes after it. So a group that cannot be asked for its
   * vote does not stop DDL; what is written stays locked until the outcome.
   */
  void freeSchema() {
    if (!rules.hold(Rule.SCHEMA_IS_FREED)) {
      return;
    }
    Timestamp passed = context.replication().now().earliest();
    for (Prepared prepared : state.prepared.all()) {
      PreparedEntry entry = prepared.entry;
      boolean sharedOnly =
          entry.getSchemaChecked()
              && !schema.isWrittenBy(entry.getWritesList())
              && entry.getExclusiveRangesList().stream()
                  .noneMatch(range -> Protos.range(range).overlaps(schema.range));
      if (sharedOnly && passed.nanos() > entry.getVote().getLeaseEndNanos()) {
        locks.giveUp(prepared.id, schema.range);
      }
    }
  }

  /** The locks of a write set; the schema's row shared if it was planned with a version of it. */
  List<LockWish> wishes(List<Write> writes, List<Range> exclusive, boolean schemaChecked) {
    List<LockWish> wishes = Writes.wishes(writes);
    for (Range range : exclusive) {
      wishes.add(new LockWish(Protos.range(range), LockMode.EXCLUSIVE));
    }
    if (schemaChecked) {
      wishes.add(new LockWish(schema.range, LockMode.SHARED));
    }
    return wishes;
  }

  /** This group's vote for the attempt, or null. */
  @Nullable Prepared vote(TxnId id) {
    return rules.hold(Rule.ATTEMPTS_APART)
        ? state.prepared.find(id)
        : state.prepared.findBetween(AppendedRefusals.sequenceOf(id), AppendedRefusals.lastOf(id));
  }

  /** Whether its commit or prepare is under way, or it is prepared: it takes no further locks. */
  boolean isEnding(TxnId id) {
    return underWay.find(id) != null || state.prepared.find(id) != null;
  }

  /** A change of the schema at or below {@code at} that is appended or prepared; or null. */
  @Nullable Pending schemaChangeBelow(Timestamp at) {
    Pending appended = pending.conflict(schema.range, at);
    return appended != null ? appended : state.prepared.conflict(schema.range, at);
  }

  /** A row to be inserted whose key is written by what is appended and not chosen; or null. */
  @Nullable Write appendedAlready(List<Write> writes) {
    for (Write write : writes) {
      KeyRange key = KeyRange.point(Protos.key(write.getKey()));
      if (write.getCondition() == Condition.MUST_NOT_EXIST
          && pending.conflict(key, Timestamp.MAX) != null) {
        return write;
      }
    }
    return null;
  }

  /** Why the group cannot answer for all of these keys now; null if it can. */
  @Nullable Refusal notOwned(List<KeyRange> ranges, Timestamp at) {
    for (KeyRange range : ranges) {
      List<Directory> owners = base.ownership().notOwned(range, at);
      if (owners != null) {
        return Refuse.wrongDirectory(owners);
      }
    }
    return null;
  }

  /** The same for what is written now. */
  @Nullable Refusal notOwned(List<Write> writes) {
    for (Write write : writes) {
      KeyRange key = KeyRange.point(Protos.key(write.getKey()));
      List<Directory> owners = base.ownership().notOwned(key, Timestamp.MAX);
      if (owners != null) {
        return Refuse.wrongDirectory(owners);
      }
    }
    return null;
  }

  /** Whether it leads now; asked again after every wait. */
  boolean leads() {
    return !over && context.replication().leading();
  }

  Refusal notLeader() {
    return Refuse.notLeader(context.replication().leaderHint());
  }

  /** The holding that {@code holding} names is gone: why? */
  Refusal lostLocks(TxnId id) {
    return Refuse.lost(id, losses.get(id));
  }

  /** A gateway gives a transaction up; no effect once its commit is under way. */
  void giveBack(Holding holding) {
    TxnId id = Protos.txn(holding.getTxn());
    if (isEnding(id)) {
      return;
    }
    if (holding.getGrant() == 0) {
      takeBack(id);
    } else if (holds(holding)) {
      locks.close(id);
    }
  }

  /**
   * Its gateway has given up before it heard of any grant: what it has asked for, and what of that
   * is still on its way, is for nobody.
   */
  private void takeBack(TxnId id) {
    locks.close(id);
    takenBack.add(id);
    if (takenBack.size() > LOSSES_MAX) {
      takenBack.removeFirst();
    }
  }

  /**
   * Whether {@code holding} names locks that are held here, without a gap since they were taken,
   * whether this leader granted them or one that has handed them over.
   */
  boolean holds(Holding holding) {
    return locks.holds(Protos.txn(holding.getTxn()), holding.getGrant())
        && (holding.getEpoch() == epoch || inherited.names(holding));
  }

  /** Whether the request speaks to this leader: it names its epoch, or locks that it has. */
  boolean isMeant(Holding holding) {
    return holding.getEpoch() == epoch
        || holds(holding)
        || (!rules.hold(Rule.ONLY_WHAT_IS_HANDED_OVER)
            && inherited.reachesBackTo(holding.getEpoch()));
  }

  /** Takes the locks for the transaction, waiting if need be, and goes on. */
  void lock(Holding holding, List<LockWish> wishes, Continuation next) {
    lock(holding, wishes, Manner.WAITING, next);
  }

  /** The same, waiting or not waiting for older ones. */
  void lock(Holding holding, List<LockWish> wishes, Manner manner, Continuation next) {
    TxnId id = Protos.txn(holding.getTxn());
    if (takenBack.contains(id) || (holding.getGrant() != 0 && !holds(holding))) {
      next.refused(lostLocks(id));
      return;
    }
    LockOwner owner = new LockOwner(new Timestamp(holding.getAgeNanos()), id);
    long grant = locks.open(owner, context.clocks().bootNanos());
    switch (locks.acquire(id, wishes, manner, new Waiter(id, grant, next))) {
      case ACCEPTED -> {
        // the waiter is told
      }
      case TOO_MANY_WAITERS ->
          next.refused(
              Refuse.failed(
                  ErrorCode.TOO_MANY_CONNECTIONS,
                  "more than %d transactions wait for locks of %s; try again later"
                      .formatted(LockTable.WAITERS_MAX, context.group())));
      case TRANSACTION_TOO_LARGE ->
          next.refused(
              Refuse.failed(
                  ErrorCode.PROGRAM_LIMIT_EXCEEDED,
                  "the transaction locks more than %d key ranges; do it in smaller ones"
                      .formatted(LockTable.RANGES_PER_TRANSACTION_MAX)));
      case TABLE_FULL ->
          next.refused(
              Refuse.failed(
                  ErrorCode.OUT_OF_MEMORY,
                  "the lock table of %s is full (%d ranges); try again later"
                      .formatted(context.group(), LockTable.RANGES_MAX)));
    }
  }

  private final class Waiter implements LockWaiter {
    private final TxnId id;
    private final long grant;
    private final Continuation next;

    Waiter(TxnId id, long grant, Continuation next) {
      this.id = id;
      this.grant = grant;
      this.next = next;
    }

    @Override
    public void granted() {
      if (leads()) {
        next.locked(grant);
      } else {
        next.refused(notLeader());
      }
    }

    @Override
    public void dropped(LockLoss loss) {
      switch (loss) {
        case SUPERSEDED ->
            context.events().probe("txn.lock.superseded"); // the later one is answered
        case STEPPED_DOWN -> next.refused(notLeader());
        case OLDER_HOLDS -> next.refused(Refuse.olderHolds(id));
        case WOUNDED, CLOSED, ABANDONED -> next.refused(Refuse.lost(id, loss));
      }
    }
  }

  private void lost(TxnId id, LockLoss loss) {
    context.events().count("txn.locks." + loss.name().toLowerCase(Locale.ROOT), 1);
    losses.put(id, loss);
    if (losses.size() > LOSSES_MAX) {
      Iterator<TxnId> oldestFirst = losses.keySet().iterator();
      oldestFirst.next();
      oldestFirst.remove();
    }
  }

  /** Steps down: everything that waits is told so. */
  void end() {
    over = true;
    locks.dissolve();
    pending.dissolve();
    underWay.dissolve(notLeader());
  }
}
