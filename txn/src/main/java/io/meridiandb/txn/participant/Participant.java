package io.meridiandb.txn.participant;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.lock.LockTable;
import io.meridiandb.txn.participant.PreparedTable.Prepared;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.Holding;
import io.meridiandb.txn.proto.KeepAlive;
import io.meridiandb.txn.proto.KeepAliveReply;
import io.meridiandb.txn.proto.LockCall;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.OutcomeAcknowledged;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.OutcomeReply;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.ResolveCall;
import io.meridiandb.txn.proto.ResolveReply;
import io.meridiandb.txn.proto.RollbackNotice;
import io.meridiandb.txn.proto.VoteCall;
import io.meridiandb.txn.proto.VoteReply;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.wire.ErrorCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One group's transactions on one replica: the replicated state on every replica, and on the leader
 * the locks, reads, commits and votes. All methods run on the group's strand; answers are given on
 * it, each at most once. A request that is never answered (the leader stepped down while it waited
 * in vain, a frame was lost) is sent again by its gateway.
 */
public final class Participant {
  /**
   * So many rollbacks wait here for a leadership; the locks of older ones go when their lease ends.
   */
  private static final int EARLY_ROLLBACKS_MAX = 1_000;

  private final ParticipantContext context;
  private final Base base;
  private final SnapshotReads snapshots;
  private final FollowerReads followerReads;
  private final Function<LockTable.LossListener, LockTable> lockTables;
  private @Nullable LeaderHandlers leading;

  /** Rolled back while this replica did not lead; the oldest first. */
  private final SequencedSet<Holding> early = new LinkedHashSet<>();

  /** A participant that does not lead, with no outcomes, of a group that owns every key. */
  public Participant(ParticipantContext context) {
    this(context, Ownership.EVERYTHING, Recovery.NONE);
  }

  /**
   * A participant that does not lead, with no outcomes.
   *
   * @param ownership which keys the group owns
   * @param recovery ends transactions of several groups whose gateways have fallen silent
   */
  public Participant(ParticipantContext context, Ownership ownership, Recovery recovery) {
    this(context, ownership, recovery, Rules.ALL);
  }

  Participant(ParticipantContext context, Ownership ownership, Recovery recovery, Rules rules) {
    this(context, ownership, recovery, rules, LockTable::new);
  }

  Participant(
      ParticipantContext context,
      Ownership ownership,
      Recovery recovery,
      Rules rules,
      Function<LockTable.LossListener, LockTable> lockTables) {
    this.context = context;
    this.lockTables = lockTables;
    this.base =
        new Base(
            context,
            ownership,
            recovery,
            new GroupState(rules),
            new SchemaGate(context.group(), context.store()),
            rules);
    this.snapshots = new SnapshotReads(base);
    this.followerReads = new FollowerReads(base, snapshots);
  }

  /**
   * The replica leads; everything before is applied.
   *
   * @param epoch a number that no other leadership of this group has; not 0
   */
  public void becameLeader(long epoch) {
    becameLeader(epoch, ByteString.EMPTY);
  }

  /**
   * The same after a planned hand-over to this replica; nobody else has led in between.
   *
   * @param epoch also greater than those of all leaderships before
   * @param inherited what {@link #handOver} gave at the leader before; empty if nothing came
   */
  public void becameLeader(long epoch, ByteString inherited) {
    Invariants.check(leading == null, "%s leads already", context.group());
    Invariants.check(epoch != 0, "an epoch of 0 means none");
    base.schema().refresh();
    leading = new LeaderHandlers(new Leadership(base, epoch, lockTables), snapshots);
    leading.leadership().inherit(inherited);
    early.forEach(leading.leadership()::giveBack);
    early.clear();
  }

  /**
   * It is about to step down as planned: all that it has appended is applied, nothing is granted
   * any more. What the transactions under way hold here, for {@link #becameLeader(long,
   * ByteString)} of who leads next; {@link #stepDown} follows at once.
   */
  public ByteString handOver() {
    LeaderHandlers now = leading;
    return now == null ? ByteString.EMPTY : LockTransfers.give(now.leadership());
  }

  /** The replica leads no longer: all locks are void, and whoever waits is told to ask the next. */
  public void stepDown() {
    LeaderHandlers before = leading;
    if (before == null) {
      throw Invariants.unreachable("%s steps down and does not lead", context.group());
    }
    leading = null;
    before.dissolve();
    base.state().prepared.wake();
  }

  /**
   * What an entry that is about to be applied makes visible, at {@link #timestampOf}; asked once,
   * right before {@link #applied}.
   */
  public List<Write> writesOf(GroupEntry entry) {
    return base.state().writesOf(entry);
  }

  /** The timestamp of the versions that an entry makes visible. */
  public static Timestamp timestampOf(GroupEntry entry) {
    return GroupState.timestampOf(entry);
  }

  /** Takes note of an entry; the replica's tablet has applied its writes already. */
  public void applied(GroupEntry entry) {
    if (base.schema().isWrittenBy(writesOf(entry))) {
      base.schema().refresh();
    }
    Prepared ended = base.state().apply(entry);
    LeaderHandlers now = leading;
    if (now != null || ended != null) {
      // What follows may append: that must not happen while the log still applies.
      context.strand().execute(() -> afterwards(entry, now, ended));
    }
  }

  private void afterwards(
      GroupEntry entry, @Nullable LeaderHandlers leader, @Nullable Prepared ended) {
    if (leader != null && leader.equals(leading)) {
      leader.applied(entry);
    }
    if (ended != null) {
      ended.settle();
    }
  }

  /** Reads rows. */
  public void read(ReadCall call, Consumer<ReadReply> answer) {
    if (call.getRangesCount() > TxnLimits.READ_RANGES_MAX) {
      answer.accept(
          SnapshotReads.refused(
              Refuse.failed(
                  ErrorCode.PROTOCOL_VIOLATION,
                  "a read names %d ranges, %d at most"
                      .formatted(call.getRangesCount(), TxnLimits.READ_RANGES_MAX))));
      return;
    }
    List<KeyRange> ranges = TabletRead.ranges(call);
    LeaderHandlers now = leading;
    boolean leads = now != null && now.leadership().leads();
    boolean anyReplica =
        call.getFollowerAllowed()
            && call.hasReadTimestampNanos()
            && call.getLock() == LockMode.NONE.ordinal();
    if (!leads && anyReplica) {
      followerReads.handle(call, ranges, answer);
      return;
    }
    atLeader(
        answer,
        (handlers, given) -> handlers.reads().handle(call, ranges, given),
        refusal -> ReadReply.newBuilder().setRefusal(refusal).build());
  }

  /** Locks keys and checks conditions. */
  public void lock(LockCall call, Consumer<LockReply> answer) {
    atLeader(
        answer,
        (handlers, given) -> handlers.locks().handle(call, given),
        refusal -> LockReply.newBuilder().setRefusal(refusal).build());
  }

  /** Commits a transaction of this group alone. */
  public void commit(CommitCall call, Consumer<CommitReply> answer) {
    atLeader(
        answer,
        (handlers, given) -> handlers.commits().handle(call, given),
        refusal -> CommitReply.newBuilder().setRefusal(refusal).build());
  }

  /** Votes on a transaction of several groups. */
  public void prepare(PrepareCall call, Consumer<PrepareReply> answer) {
    atLeader(
        answer,
        (handlers, given) -> handlers.prepares().handle(call, given),
        refusal -> PrepareReply.newBuilder().setRefusal(refusal).build());
  }

  /** Learns how a transaction of several groups has ended. */
  public void outcome(OutcomeCall call, Consumer<OutcomeReply> answer) {
    atLeader(
        answer,
        (handlers, given) -> handlers.outcomes().handle(call, given),
        refusal -> OutcomeReply.newBuilder().setRefusal(refusal).build());
  }

  /** Says what the log holds of a transaction of several groups, making it hold something. */
  public void vote(VoteCall call, Consumer<VoteReply> answer) {
    atLeader(
        answer,
        (handlers, given) -> handlers.votes().handle(call, given),
        refusal -> VoteReply.newBuilder().setRefusal(refusal).build());
  }

  /** Learns that all participants have the outcome of a transaction. */
  public void acknowledged(OutcomeAcknowledged notice) {
    LeaderHandlers now = leading;
    if (now != null) {
      now.acknowledgements().add(Protos.txn(notice.getTxn()));
    }
  }

  /** Finds out how a transaction ended, making it end. */
  public void resolve(ResolveCall call, Consumer<ResolveReply> answer) {
    atLeader(
        answer,
        (handlers, given) -> handlers.resolves().handle(call, given),
        refusal -> ResolveReply.newBuilder().setRefusal(refusal).build());
  }

  private <R extends MessageLite> void atLeader(
      Consumer<R> answer,
      BiConsumer<LeaderHandlers, Consumer<R>> work,
      Function<Refusal, R> refused) {
    LeaderHandlers now = leading;
    if (now == null || !now.leadership().leads()) {
      answer.accept(refused.apply(Refuse.notLeader(context.replication().leaderHint())));
    } else {
      Patience.ask(
          context.strand(),
          given -> work.accept(now, given),
          answer,
          () -> refused.apply(Refuse.waiting()));
    }
  }

  /**
   * Gives a transaction's locks back, unless its commit is under way. If this replica does not lead
   * it does so as soon as it does: the locks may be on their way here.
   *
   * @return whether it leads; if not, the locks may have been handed over to who does
   */
  public boolean rollback(RollbackNotice notice) {
    LeaderHandlers now = leading;
    if (now != null) {
      now.leadership().giveBack(notice.getHolding());
      return true;
    }
    early.add(notice.getHolding());
    if (early.size() > EARLY_ROLLBACKS_MAX) {
      early.removeFirst();
    }
    return false;
  }

  /** Who leads the group, as far as known. */
  public @Nullable ServerId leaderHint() {
    return context.replication().leaderHint();
  }

  /** Notes that transactions live. */
  public void keepAlive(KeepAlive notice, Consumer<KeepAliveReply> answer) {
    LeaderHandlers now = leading;
    if (now == null || !now.leadership().leads()) {
      ServerId hint = context.replication().leaderHint();
      answer.accept(KeepAliveReply.newBuilder().setLeader(hint == null ? 0 : hint.value()).build());
      return;
    }
    long nanos = context.clocks().bootNanos();
    for (Holding holding : notice.getHoldingsList()) {
      if (now.leadership().holds(holding)) {
        now.leadership().locks.heard(Protos.txn(holding.getTxn()), holding.getGrant(), nanos);
      }
    }
    answer.accept(
        KeepAliveReply.newBuilder().setLeads(true).setEpoch(now.leadership().epoch).build());
  }

  /**
   * Called once a second: takes locks from the silent, pursues votes without outcome, and lets old
   * outcomes be forgotten.
   */
  public void tick() {
    LeaderHandlers now = leading;
    if (now != null) {
      now.tick();
    }
  }

  /** How many transactions hold locks here, or wait for some; none where nobody leads. */
  public int lockHolders() {
    LeaderHandlers now = leading;
    return now == null ? 0 : now.leadership().locks.holderCount();
  }

  /** How many transactions are prepared here without outcome. */
  public int preparedCount() {
    return base.state().prepared.all().size();
  }

  /**
   * Runs {@code task} when nothing prepared at or below {@code at} meets {@code range} any more.
   */
  public void whenSettled(KeyRange range, Timestamp at, Runnable task) {
    PendingEntries.Pending blocking = base.state().prepared.conflict(range, at);
    if (blocking == null) {
      task.run();
    } else {
      blocking.whenApplied(() -> whenSettled(range, at, task));
    }
  }

  /** The replicated state beside the rows, as it goes into a checkpoint at the applied index. */
  public byte[] image() {
    return base.state().image();
  }

  /**
   * Becomes what a checkpoint holds; only while not leading. The rows are those of the checkpoint
   * already.
   *
   * @param image what {@link #image} gave; empty for a new group
   */
  public void restore(byte[] image) {
    Invariants.check(leading == null, "%s leads and is given a checkpoint", context.group());
    base.state().restore(image);
    base.schema().refresh();
  }

  /** Commits that began at or before it are refused. */
  public Timestamp horizon() {
    return base.state().outcomes.horizon();
  }
}
