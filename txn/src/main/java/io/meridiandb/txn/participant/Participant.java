package io.meridiandb.txn.participant;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.SystemKeys;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.CommittedEntry;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.Holding;
import io.meridiandb.txn.proto.KeepAlive;
import io.meridiandb.txn.proto.LockCall;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.OutcomesImage;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.ResolveCall;
import io.meridiandb.txn.proto.ResolveReply;
import io.meridiandb.txn.proto.RollbackNotice;
import io.meridiandb.txn.proto.Write;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One group's transactions on one replica: the replicated outcomes on every replica, and on the
 * leader the locks, reads and commits. All methods run on the group's strand; answers are given on
 * it, each at most once. A request that is never answered (the leader stepped down while it waited
 * in vain, a frame was lost) is sent again by its gateway.
 */
public final class Participant {
  private record Leading(
      Leadership leadership, CommitHandler commits, ReadHandler reads, LockHandler locks) {}

  private static final byte IMAGE_FORMAT = 1;

  private final ParticipantContext context;
  private final OutcomeTable outcomes = new OutcomeTable();
  private final StagedParts parts = new StagedParts();
  private @Nullable Leading leading;

  /** A participant that does not lead, with no outcomes. */
  public Participant(ParticipantContext context) {
    this.context = context;
  }

  /**
   * The replica leads; everything before is applied.
   *
   * @param epoch a number that no other leadership of this group has; not 0
   */
  public void becameLeader(long epoch) {
    Invariants.check(leading == null, "%s leads already", context.group());
    Invariants.check(epoch != 0, "an epoch of 0 means none");
    Leadership leadership = new Leadership(context, outcomes, epoch);
    CommitHandler commits = new CommitHandler(leadership);
    leading =
        new Leading(
            leadership,
            commits,
            new ReadHandler(leadership, commits),
            new LockHandler(leadership, commits));
  }

  /** The replica leads no longer: all locks are void, and whoever waits is told to ask the next. */
  public void stepDown() {
    Leading before = leading;
    if (before == null) {
      throw Invariants.unreachable("%s steps down and does not lead", context.group());
    }
    leading = null;
    before.leadership.end();
    before.commits.dissolve();
  }

  /**
   * What an entry that is about to be applied writes; asked once, right before {@link #applied}.
   */
  public List<Write> writesOf(GroupEntry entry) {
    return entry.hasCommitted() ? parts.writesOf(entry.getCommitted()) : List.of();
  }

  /** Takes note of an entry; the replica's tablet has applied its writes already. */
  public void applied(GroupEntry entry) {
    Leading now = leading;
    if (entry.hasPart()) {
      parts.apply(entry.getPart());
      return;
    }
    switch (entry.getBodyCase()) {
      case COMMITTED -> {
        CommittedEntry committed = entry.getCommitted();
        outcomes.apply(committed);
        if (now != null) {
          if (writesSchemaVersion(parts.writesOf(committed))) {
            now.leadership.schema.refresh();
          }
          afterwards(now, () -> now.commits.applied(committed));
        }
      }
      case REFUSED -> {
        outcomes.apply(entry.getRefused());
        if (now != null) {
          afterwards(now, () -> now.commits.resolves().applied(entry.getRefused()));
        }
      }
      case HORIZON -> {
        outcomes.apply(entry.getHorizon());
        if (now != null) {
          now.commits.prune(outcomes.horizon());
        }
      }
      case PREPARED, OUTCOME, INGEST, WIPE, PART, BODY_NOT_SET ->
          throw Invariants.unreachable("an entry of a kind not known here");
    }
    parts.clear();
  }

  /** What follows may append: that must not happen while the log still applies. */
  private void afterwards(Leading at, Runnable task) {
    context
        .strand()
        .execute(() -> {
          if (at.equals(leading)) {
            task.run();
          }
        });
  }

  private static boolean writesSchemaVersion(List<Write> writes) {
    for (Write write : writes) {
      if (write.getKey().size() == SystemKeys.SCHEMA_VERSION.length()
          && Protos.key(write.getKey()).equals(SystemKeys.SCHEMA_VERSION)) {
        return true;
      }
    }
    return false;
  }

  /** Reads rows. */
  public void read(ReadCall call, Consumer<ReadReply> answer) {
    Leading now = leading;
    if (now == null || !now.leadership.leads()) {
      answer.accept(ReadReply.newBuilder().setRefusal(notLeader()).build());
    } else {
      Patience.ask(
          context.strand(),
          given -> now.reads.handle(call, given),
          answer,
          () -> ReadReply.newBuilder().setRefusal(Refuse.waiting()).build());
    }
  }

  /** Locks keys and checks conditions. */
  public void lock(LockCall call, Consumer<LockReply> answer) {
    Leading now = leading;
    if (now == null || !now.leadership.leads()) {
      answer.accept(LockReply.newBuilder().setRefusal(notLeader()).build());
    } else {
      Patience.ask(
          context.strand(),
          given -> now.locks.handle(call, given),
          answer,
          () -> LockReply.newBuilder().setRefusal(Refuse.waiting()).build());
    }
  }

  /** Commits a transaction of this group alone. */
  public void commit(CommitCall call, Consumer<CommitReply> answer) {
    Leading now = leading;
    if (now == null || !now.leadership.leads()) {
      answer.accept(CommitReply.newBuilder().setRefusal(notLeader()).build());
    } else {
      Patience.ask(
          context.strand(),
          given -> now.commits.handle(call, given),
          answer,
          () -> CommitReply.newBuilder().setRefusal(Refuse.waiting()).build());
    }
  }

  /** Finds out how a transaction ended, making it end. */
  public void resolve(ResolveCall call, Consumer<ResolveReply> answer) {
    Leading now = leading;
    if (now == null || !now.leadership.leads()) {
      answer.accept(ResolveReply.newBuilder().setRefusal(notLeader()).build());
    } else {
      Patience.ask(
          context.strand(),
          given -> now.commits.resolves().handle(call, given),
          answer,
          () -> ResolveReply.newBuilder().setRefusal(Refuse.waiting()).build());
    }
  }

  /** Gives a transaction's locks back, unless its commit is under way. */
  public void rollback(RollbackNotice notice) {
    Leading now = leading;
    Holding holding = notice.getHolding();
    if (now != null
        && now.leadership.holds(holding)
        && !now.commits.isUnderWay(Protos.txn(holding.getTxn()))) {
      now.leadership.locks.close(Protos.txn(holding.getTxn()));
    }
  }

  /** Notes that transactions live. */
  public void keepAlive(KeepAlive notice) {
    Leading now = leading;
    if (now == null) {
      return;
    }
    long nanos = context.clocks().bootNanos();
    for (Holding holding : notice.getHoldingsList()) {
      if (holding.getEpoch() == now.leadership.epoch) {
        now.leadership.locks.heard(Protos.txn(holding.getTxn()), holding.getGrant(), nanos);
      }
    }
  }

  /** Called once a second: takes locks from the silent, and lets old outcomes be forgotten. */
  public void tick() {
    Leading now = leading;
    if (now != null) {
      now.leadership.locks.abandonSilent(
          context.clocks().bootNanos() - TxnLimits.LOCK_LEASE.toNanos());
      now.commits.resolves().tick();
    }
  }

  /**
   * The replicated state beside the rows, as it goes into a checkpoint at the applied index: a
   * format byte {@code 01}, then an {@link OutcomesImage}.
   */
  public byte[] image() {
    byte[] body = outcomes.image().toBuilder().addAllParts(parts.image()).build().toByteArray();
    byte[] image = new byte[1 + body.length];
    image[0] = IMAGE_FORMAT;
    System.arraycopy(body, 0, image, 1, body.length);
    return image;
  }

  /**
   * Becomes what a checkpoint holds; only while not leading.
   *
   * @param image what {@link #image} gave; empty for a new group
   */
  public void restore(byte[] image) {
    Invariants.check(leading == null, "%s leads and is given a checkpoint", context.group());
    if (image.length == 0) {
      return;
    }
    Invariants.check(image[0] == IMAGE_FORMAT, "a checkpoint of format %s", image[0]);
    try {
      OutcomesImage stored = OutcomesImage.parser().parseFrom(image, 1, image.length - 1);
      outcomes.restore(stored);
      parts.restore(stored.getPartsList());
    } catch (InvalidProtocolBufferException e) {
      throw Invariants.unreachable("a checkpoint that cannot be read: %s", e.getMessage());
    }
  }

  /** Commits that began at or before it are refused. */
  public Timestamp horizon() {
    return outcomes.horizon();
  }

  private Refusal notLeader() {
    return Refuse.notLeader(context.replication().leaderHint());
  }
}
