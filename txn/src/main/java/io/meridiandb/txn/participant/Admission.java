package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.proto.Holding;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.wire.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a commit or a prepare is refused for before anything of it is begun. */
final class Admission {
  private final Leadership leadership;
  private final Horizons horizons;

  Admission(Leadership leadership, Horizons horizons) {
    this.leadership = leadership;
    this.horizons = horizons;
  }

  /** Whether the horizon has passed the beginning of a commit. */
  boolean isExpired(Timestamp commitStart) {
    return !commitStart.isAfter(horizons.proposed());
  }

  /**
   * A request to be looked at.
   *
   * @param holding who commits, and which locks it believes to have
   * @param commitStart when its commit began
   * @param bytes its size
   * @param logged whether an entry would be appended for it
   */
  record Request(
      Holding holding, Timestamp commitStart, List<Write> writes, int bytes, boolean logged) {
    TxnId id() {
      return Protos.txn(holding.getTxn());
    }
  }

  /** Why the request is refused, or null. */
  @Nullable Refusal refuse(Request request) {
    TxnId id = request.id();
    Refusal before = leadership.refusals.find(id, request.commitStart);
    if (before != null) {
      return before;
    }
    if (isExpired(request.commitStart)) {
      return Refuse.expired(id);
    }
    if (!leadership.isMeant(request.holding)) {
      return Refuse.wrongEpoch(leadership.epoch);
    }
    if (request.logged && leadership.context.replication().logFull()) {
      Refusal full =
          Refuse.failed(
              ErrorCode.DISK_FULL,
              "the disk of the server that leads %s is full: nothing was written; make room there and run the transaction again"
                  .formatted(leadership.context.group()));
      // For good: a copy of this request may still be on its way when there is room again (G12).
      leadership.refusals.remember(id, request.commitStart, full);
      return full;
    }
    if (leadership.underWay.isFull()) {
      Refusal busy =
          Refuse.failed(
              ErrorCode.TOO_MANY_CONNECTIONS,
              "%d commits of %s are under way; try again later"
                  .formatted(UnderWay.MAX, leadership.context.group()));
      leadership.refusals.remember(id, request.commitStart, busy);
      return busy;
    }
    if (request.writes.size() > TxnLimits.MUTATIONS_MAX) {
      return Refuse.failed(
          ErrorCode.PROGRAM_LIMIT_EXCEEDED,
          "a transaction may write %d rows, this one writes %d; do it in smaller ones"
              .formatted(TxnLimits.MUTATIONS_MAX, request.writes.size()));
    }
    String malformed = Writes.malformed(request.writes);
    if (malformed != null) {
      return Refuse.failed(ErrorCode.PROTOCOL_VIOLATION, malformed);
    }
    if (request.bytes > TxnLimits.COMMIT_BYTES_MAX) {
      return Refuse.failed(
          ErrorCode.PROGRAM_LIMIT_EXCEEDED,
          "a transaction may write %d MiB at most; do it in smaller ones"
              .formatted(TxnLimits.BYTES_MAX >> 20));
    }
    return null;
  }
}
