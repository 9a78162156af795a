package io.meridiandb.txn.participant;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.PreparedTable.Prepared;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.CommittedEntry;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.HorizonEntry;
import io.meridiandb.txn.proto.OutcomeEntry;
import io.meridiandb.txn.proto.OutcomesImage;
import io.meridiandb.txn.proto.PreparedEntry;
import io.meridiandb.txn.proto.RefusedEntry;
import io.meridiandb.txn.proto.Write;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every replica of a group knows of transactions beside the rows: a function of the log's
 * applied prefix alone, equal on all replicas, part of every checkpoint (protocol G8, G13, G25).
 */
final class GroupState {
  private static final byte IMAGE_FORMAT = 1;

  final OutcomeTable outcomes;
  final AttemptOutcomes attempts = new AttemptOutcomes();
  final PreparedTable prepared = new PreparedTable();
  private final StagedParts parts = new StagedParts();
  private final Rules rules;

  GroupState(Rules rules) {
    this.rules = rules;
    this.outcomes = new OutcomeTable(OutcomeTable.SESSIONS_MAX, rules);
  }

  /** Whether nothing is known of how the attempt ended: it may be about to. */
  boolean mayEnd(TxnId id) {
    return attempts.find(id) == null && outcomes.mayCommit(id, Timestamp.MAX);
  }

  /** What an entry that is about to be applied makes visible, at {@link #timestampOf}. */
  List<Write> writesOf(GroupEntry entry) {
    switch (entry.getBodyCase()) {
      case COMMITTED -> {
        CommittedEntry committed = entry.getCommitted();
        return parts.writesOf(committed.getTxn(), committed.getParts(), committed.getWritesList());
      }
      case OUTCOME -> {
        Prepared ending =
            entry.getOutcome().getCommitted() ? prepared.find(entry.getOutcome().getTxn()) : null;
        return ending == null ? List.of() : ending.entry.getWritesList();
      }
      default -> {
        return List.of();
      }
    }
  }

  /** The timestamp of the versions that an entry makes visible. */
  static Timestamp timestampOf(GroupEntry entry) {
    return switch (entry.getBodyCase()) {
      case COMMITTED -> new Timestamp(entry.getCommitted().getTimestampNanos());
      case OUTCOME -> new Timestamp(entry.getOutcome().getTimestampNanos());
      default -> Timestamp.MIN;
    };
  }

  /**
   * Applies an entry.
   *
   * @return the prepared transaction that has ended, or null; the caller settles it
   */
  @Nullable Prepared apply(GroupEntry entry) {
    if (entry.hasPart()) {
      parts.apply(entry.getPart());
      return null;
    }
    Prepared ended = null;
    switch (entry.getBodyCase()) {
      case COMMITTED -> outcomes.apply(entry.getCommitted());
      case PREPARED -> apply(entry.getPrepared());
      case OUTCOME -> ended = apply(entry.getOutcome());
      case REFUSED -> apply(entry.getRefused());
      case HORIZON -> apply(entry.getHorizon());
      case INGEST -> {
        // rows alone
      }
      case PART, BODY_NOT_SET -> throw Invariants.unreachable("an entry of a kind not known here");
    }
    parts.clear();
    return ended;
  }

  private void apply(PreparedEntry entry) {
    TxnId id = Protos.txn(entry.getTxn());
    Invariants.check(attempts.find(id) == null, "%s is prepared after it has ended", id);
    prepared.apply(entry, parts.writesOf(entry.getTxn(), entry.getParts(), entry.getWritesList()));
  }

  private @Nullable Prepared apply(OutcomeEntry entry) {
    attempts.acknowledged(entry.getAcknowledgedList());
    TxnId id = Protos.txn(entry.getTxn());
    Prepared ended = prepared.remove(id);
    if (ended == null) {
      return null; // told twice
    }
    Timestamp commitStart = new Timestamp(ended.entry.getCommitStartNanos());
    if (entry.getCommitted()) {
      Timestamp timestamp = new Timestamp(entry.getTimestampNanos());
      Invariants.check(
          timestamp.nanos() >= ended.entry.getVote().getPreparedNanos(),
          "%s commits at %s, before it was prepared",
          id,
          timestamp);
      outcomes.committed(id, timestamp, commitStart, ended.entry.getAckedSequence());
      attempts.committed(ended, timestamp);
    } else {
      attempts.aborted(id, commitStart);
    }
    return ended;
  }

  private void apply(RefusedEntry entry) {
    if (entry.getAttempt() == 0) {
      outcomes.apply(entry);
    } else {
      TxnId id =
          new TxnId(
              entry.getSessionHigh(),
              entry.getSessionLow(),
              entry.getSequence(),
              entry.getAttempt());
      Invariants.check(prepared.find(id) == null, "%s is refused after it was prepared", id);
      attempts.aborted(id, new Timestamp(entry.getAtNanos()));
    }
  }

  private void apply(HorizonEntry entry) {
    outcomes.apply(entry);
    attempts.prune(
        outcomes.horizon(), rules.hold(Rule.OUTCOMES_KEPT) ? entry.getKeptList() : List.of());
  }

  /** A format byte {@code 01}, then an {@link OutcomesImage}: its parts follow each other. */
  byte[] image() {
    byte[] ended = outcomes.image();
    byte[] others =
        OutcomesImage.newBuilder()
            .addAllParts(parts.image())
            .addAllPrepared(prepared.image())
            .addAllAttempts(attempts.image())
            .build()
            .toByteArray();
    return ByteBuffer.allocate(1 + ended.length + others.length)
        .put(IMAGE_FORMAT)
        .put(ended)
        .put(others)
        .array();
  }

  /** Becomes what a checkpoint holds; an empty one is that of a new group. */
  void restore(byte[] image) {
    if (image.length == 0) {
      return;
    }
    Invariants.check(image[0] == IMAGE_FORMAT, "a checkpoint of format %s", image[0]);
    try {
      OutcomesImage stored = OutcomesImage.parser().parseFrom(image, 1, image.length - 1);
      outcomes.restore(stored);
      parts.restore(stored.getPartsList());
      prepared.restore(stored.getPreparedList());
      attempts.restore(stored.getAttemptsList());
    } catch (InvalidProtocolBufferException e) {
      throw Invariants.unreachable("a checkpoint that cannot be read: %s", e.getMessage());
    }
  }
}
