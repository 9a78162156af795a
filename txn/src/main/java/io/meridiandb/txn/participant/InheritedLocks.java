package io.meridiandb.txn.participant;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.lock.HeldLocks;
import io.meridiandb.txn.participant.PreparedTable.Prepared;
import io.meridiandb.txn.proto.Holding;
import io.meridiandb.txn.proto.LockTransfer;
import io.meridiandb.txn.proto.TransferredLocks;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a leader has taken over from the one before it in a planned hand-over (protocol G7), and
 * what was lost. The requests of an attempt whose locks are here name the epoch under which they
 * were granted, and are honoured. All others of an older epoch are refused, as after any change:
 * the leaders of then may have refused them, and nobody remembers.
 */
final class InheritedLocks {
  /** Who granted, and the number of the holding. Numbers go on from leader to leader. */
  private record Origin(long epoch, long grant) {}

  private final Leadership leadership;
  private final Map<TxnId, Origin> origins = new TreeMap<>();
  private final Set<TxnId> readsLost = new TreeSet<>();
  private long since;

  InheritedLocks(Leadership leadership) {
    this.leadership = leadership;
    this.since = leadership.epoch;
  }

  /**
   * Takes over; the locks of votes that the log has are held again already.
   *
   * @param given what {@link LockTransfers#give} has made; empty, or of no use: then what was held
   *     is lost
   */
  void take(ByteString given) {
    LockTransfer transfer = given.isEmpty() ? null : read(given);
    for (Prepared vote : leadership.state.prepared.all()) {
      if (vote.entry.getReads()) {
        readsLost.add(vote.id);
      }
    }
    if (transfer == null) {
      return;
    }
    since = transfer.getEpoch();
    leadership.locks.numberBehind(transfer.getLastGrant());
    leadership.refusals.forgotten(new Timestamp(transfer.getRefusedThroughNanos()));
    long now = leadership.context.clocks().bootNanos();
    int taken = 0;
    for (TransferredLocks each : transfer.getHeldList()) {
      taken += take(LockTransfers.decode(each, now), each.getHolding().getEpoch()) ? 1 : 0;
    }
    leadership.context.events().count("txn.handover.taken", taken);
    leadership.context.events().count("txn.handover.dropped", transfer.getHeldCount() - taken);
  }

  private @Nullable LockTransfer read(ByteString given) {
    try {
      return LockTransfers.decode(given, leadership);
    } catch (InvalidProtocolBufferException e) {
      leadership.context.events().count("txn.handover.unreadable", 1);
      leadership
          .context
          .events()
          .event(
              Level.WARNING,
              "txn",
              "locks handed over to the leader of %s cannot be used: %s; transactions that hold some must run again"
                  .formatted(leadership.context.group(), e.getMessage()));
      return null;
    }
  }

  private boolean take(HeldLocks held, long epoch) {
    TxnId id = held.owner().id();
    if (leadership.state.prepared.find(id) != null) {
      return leadership.locks.adoptSealed(id, held.locks()) && readsLost.remove(id);
    }
    if (!leadership.locks.adopt(held)) {
      return false;
    }
    origins.put(id, new Origin(epoch, held.grant()));
    return true;
  }

  /** Whether what the vote has read under was lost when a leader changed. */
  boolean hasLostReads(TxnId vote) {
    return readsLost.contains(vote);
  }

  /**
   * Whether the holding, which is held here under this number, is one that was taken over, and
   * names an epoch in which it was held.
   */
  boolean names(Holding holding) {
    Origin origin = origins.get(Protos.txn(holding.getTxn()));
    return origin != null
        && origin.grant == holding.getGrant()
        && origin.epoch <= holding.getEpoch()
        && holding.getEpoch() < leadership.epoch;
  }

  /** The epoch of the leader that granted first what is held here now. */
  long originOf(HeldLocks held) {
    Origin origin = origins.get(held.owner().id());
    return origin != null && origin.grant == held.grant() ? origin.epoch : leadership.epoch;
  }

  /** Whether a leader of that epoch has handed anything over to this one. */
  boolean reachesBackTo(long epoch) {
    return since <= epoch && epoch <= leadership.epoch;
  }

  /**
   * It has committed here, or voted: if its locks were granted by an earlier leader it lived on.
   */
  void succeeded(Holding holding) {
    TxnId id = Protos.txn(holding.getTxn());
    Origin origin = origins.get(id);
    if (origin != null && origin.grant == holding.getGrant()) {
      origins.remove(id);
      leadership.context.events().count("txn.handover.lived", 1);
      leadership.context.events().probe("txn.handover.lived");
    }
  }
}
