package io.meridiandb.txn.participant;

import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.lock.LockTable;
import io.meridiandb.txn.lock.LockTable.LossListener;
import io.meridiandb.txn.lock.LockWaiter;
import io.meridiandb.txn.lock.LockWish;
import io.meridiandb.txn.participant.Rules.Rule;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Participants that break a rule of their own: an amendment left out, or another lock table. */
public final class BrokenParticipants {
  private BrokenParticipants() {}

  /** Without one of the protocol's amendments, named as in {@link Rules}. */
  public static Participant without(
      String rule, ParticipantContext context, Ownership ownership, Recovery recovery) {
    Rules rules = new Rules(EnumSet.of(Rule.valueOf(rule)));
    return new Participant(context, ownership, recovery, rules);
  }

  /** With lock tables of that kind. */
  public static Participant locking(
      Function<LossListener, LockTable> tables,
      ParticipantContext context,
      Ownership ownership,
      Recovery recovery) {
    return new Participant(context, ownership, recovery, Rules.ALL, tables);
  }

  /** Lets the locks of a transaction of several groups go as soon as it votes. */
  public static final class UnlocksAtVote extends LockTable {
    public UnlocksAtVote(LossListener listener) {
      super(listener);
    }

    @Override
    public void sealPrepared(TxnId id) {
      super.sealPrepared(id);
      close(id);
    }
  }

  /** Every lock is free for everybody. */
  public static final class GrantsEverything extends LockTable {
    public GrantsEverything(LossListener listener) {
      super(listener);
    }

    @Override
    public Acceptance acquire(TxnId id, List<LockWish> wishes, Manner manner, LockWaiter waiter) {
      waiter.granted();
      return Acceptance.ACCEPTED;
    }
  }

  /** Believes whoever says that it holds locks, unless it has taken them away itself. */
  public static final class BelievesHolders extends LockTable {
    private final Set<TxnId> lost;

    public BelievesHolders(LossListener listener) {
      this(listener, new TreeSet<>());
    }

    private BelievesHolders(LossListener listener, Set<TxnId> lost) {
      super((id, loss) -> {
        lost.add(id);
        listener.lost(id, loss);
      });
      this.lost = lost;
    }

    @Override
    public boolean holds(TxnId id, long grant) {
      return !lost.contains(id);
    }
  }
}
