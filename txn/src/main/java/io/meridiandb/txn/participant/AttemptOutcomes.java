package io.meridiandb.txn.participant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.Recovery.RecoveryRequest;
import io.meridiandb.txn.proto.AttemptImage;
import io.meridiandb.txn.proto.Txn;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How single attempts of transactions of several groups ended here: replicated state (protocol G11,
 * G13). Other participants may still ask.
 *
 * <ul>
 *   <li>Committed: kept until all participants are known to have the outcome in their logs, however
 *       long that takes. A participant whose quorum was away for an hour must still be told.
 *   <li>Aborted, or refused before it was prepared: kept until the horizon passes its beginning.
 *       After that it cannot be prepared any more, so that nothing known means the same.
 * </ul>
 */
final class AttemptOutcomes {
  /** How an attempt ended. */
  sealed interface Ending {
    Timestamp commitStart();

    record Committed(Timestamp timestamp, RecoveryRequest of) implements Ending {
      @Override
      public Timestamp commitStart() {
        return of.commitStart();
      }
    }

    record Aborted(Timestamp commitStart) implements Ending {}
  }

  private final TreeMap<TxnId, Ending> endings = new TreeMap<>();

  /** How the attempt ended, or null. */
  @Nullable Ending find(TxnId id) {
    return endings.get(id);
  }

  /** When an attempt between the two committed, or null. */
  @Nullable Timestamp committedBetween(TxnId first, TxnId last) {
    for (Ending each : endings.subMap(first, true, last, true).values()) {
      if (each instanceof Ending.Committed(Timestamp timestamp, RecoveryRequest _)) {
        return timestamp;
      }
    }
    return null;
  }

  /** A prepared attempt has committed. */
  void committed(PreparedTable.Prepared prepared, Timestamp timestamp) {
    endings.put(prepared.id, new Ending.Committed(timestamp, prepared.recovery()));
  }

  /** An attempt has aborted, or will never be prepared here. */
  void aborted(TxnId id, Timestamp commitStart) {
    endings.put(id, new Ending.Aborted(commitStart));
  }

  /** All participants of these have the outcome: nobody needs to ask here. */
  void acknowledged(List<Txn> known) {
    for (Txn txn : known) {
      TxnId id = Protos.txn(txn);
      if (endings.get(id) instanceof Ending.Committed) {
        endings.remove(id);
      }
    }
  }

  /** Forgets what began at or before {@code horizon}, but for {@code kept}. */
  void prune(Timestamp horizon, List<Txn> kept) {
    Set<TxnId> keep = new LinkedHashSet<>();
    kept.forEach(txn -> keep.add(Protos.txn(txn)));
    endings
        .entrySet()
        .removeIf(each ->
            !each.getValue().commitStart().isAfter(horizon) && !keep.contains(each.getKey()));
  }

  /** Whether a horizon at {@code t} would let anything be forgotten. */
  boolean holdsUpTo(Timestamp t) {
    return endings.values().stream().anyMatch(each -> !each.commitStart().isAfter(t));
  }

  /**
   * Those committed that began at or before {@code t} and may be asked about: not all participants
   * are known to know.
   */
  List<RecoveryRequest> unacknowledged(Timestamp t) {
    List<RecoveryRequest> found = new ArrayList<>();
    for (Ending each : endings.values()) {
      if (each instanceof Ending.Committed(Timestamp _, RecoveryRequest of)
          && of.othersAsk()
          && !of.commitStart().isAfter(t)) {
        found.add(of);
      }
    }
    return found;
  }

  /** As it goes into a checkpoint. */
  List<AttemptImage> image() {
    List<AttemptImage> image = new ArrayList<>(endings.size());
    for (Map.Entry<TxnId, Ending> each : endings.entrySet()) {
      AttemptImage.Builder out =
          AttemptImage.newBuilder()
              .setTxn(Protos.txn(each.getKey()))
              .setCommitStartNanos(each.getValue().commitStart().nanos());
      if (each.getValue() instanceof Ending.Committed(Timestamp timestamp, RecoveryRequest of)) {
        out.setCommitted(true)
            .setTimestampNanos(timestamp.nanos())
            .setAnchor(of.anchor().value())
            .setExplicit(of.mode() == CommitMode.EXPLICIT)
            .addAllParticipants(of.participants().stream().map(GroupId::value).toList());
      }
      image.add(out.build());
    }
    return image;
  }

  /** Becomes what a checkpoint holds. */
  void restore(List<AttemptImage> image) {
    endings.clear();
    for (AttemptImage stored : image) {
      TxnId id = Protos.txn(stored.getTxn());
      Timestamp start = new Timestamp(stored.getCommitStartNanos());
      if (!stored.getCommitted()) {
        endings.put(id, new Ending.Aborted(start));
        continue;
      }
      List<GroupId> participants = stored.getParticipantsList().stream().map(GroupId::new).toList();
      endings.put(
          id,
          new Ending.Committed(
              new Timestamp(stored.getTimestampNanos()),
              new RecoveryRequest(
                  id,
                  new GroupId(stored.getAnchor()),
                  participants,
                  start,
                  stored.getExplicit() ? CommitMode.EXPLICIT : CommitMode.IMPLIED)));
    }
  }
}
