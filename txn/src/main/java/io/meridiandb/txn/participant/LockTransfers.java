package io.meridiandb.txn.participant;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.lock.HeldLocks;
import io.meridiandb.txn.lock.LockOwner;
import io.meridiandb.txn.lock.LockWish;
import io.meridiandb.txn.participant.PreparedTable.Prepared;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.Holding;
import io.meridiandb.txn.proto.LockTransfer;
import io.meridiandb.txn.proto.Range;
import io.meridiandb.txn.proto.TransferredLocks;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The locks of a group on their way from a leader that hands over as planned to its successor
 * (protocol G7). Paxos carries them, and gives them only to who leads right after: so for those
 * that are in it no moment was without the lock, and they go on as if nothing had happened.
 *
 * <p>What goes along: all that attempts hold which may still commit, and what votes have read
 * under. What does not:
 *
 * <ul>
 *   <li>requests that wait: they are answered "ask the next leader", and come again;
 *   <li>what is written by votes: the log has it ({@link Leadership#inherit});
 *   <li>attempts that were refused for good: the no is known here only, and would not be final if a
 *       late copy of the request found its locks at the next leader (G12, attack 11);
 *   <li>attempts that have ended, though their locks have not gone yet.
 * </ul>
 */
final class LockTransfers {
  private static final byte FORMAT = 1;
  private static final int HEADER_BYTES = 1 + Integer.BYTES;

  /** No lock takes fewer bytes. */
  private static final int LOCK_BYTES_MIN = 4;

  private LockTransfers() {}

  /** What the leader gives away as it stops; empty if nothing, or if it is too much. */
  static ByteString give(Leadership from) {
    if (!from.rules.hold(Rule.LOCKS_ARE_HANDED_OVER)) {
      return ByteString.EMPTY;
    }
    LockTransfer transfer = transfer(from);
    if (transfer == null) {
      from.context.events().count("txn.handover.too-large", 1);
      from.context
          .events()
          .event(
              Level.WARNING,
              "txn",
              "%s has more than %d MiB of locks: none is handed over, transactions that hold some must run again"
                  .formatted(from.context.group(), TxnLimits.LOCKS_HANDED_OVER_BYTES_MAX >> 20));
      return ByteString.EMPTY;
    }
    from.context.events().count("txn.handover.given", transfer.getHeldCount());
    return transfer.getHeldCount() == 0 ? ByteString.EMPTY : encode(transfer);
  }

  private static @Nullable LockTransfer transfer(Leadership from) {
    int most = TxnLimits.LOCKS_HANDED_OVER_BYTES_MAX;
    if (from.locks.rangeCount() > most / LOCK_BYTES_MIN) {
      return null;
    }
    LockTransfer.Builder transfer =
        LockTransfer.newBuilder()
            .setGroup(from.context.group().value())
            .setEpoch(from.epoch)
            .setLastGrant(from.locks.lastGrant())
            .setRefusedThroughNanos(from.refusals.forgottenThrough().nanos());
    long now = from.context.clocks().bootNanos();
    long bytes = 0;
    for (HeldLocks held : from.locks.held()) {
      if (goesAlong(from, held.owner().id())) {
        TransferredLocks each = encode(held, from.inherited.originOf(held), now);
        bytes += each.getSerializedSize();
        if (bytes > most) {
          return null;
        }
        transfer.addHeld(each);
      }
    }
    return transfer.build();
  }

  private static boolean goesAlong(Leadership from, TxnId id) {
    Prepared vote = from.state.prepared.find(id);
    if (vote != null) {
      return vote.entry.getReads() && !from.inherited.hasLostReads(id);
    }
    boolean refused = from.refusals.has(id) && from.rules.hold(Rule.REFUSED_STAYS_BEHIND);
    return from.state.mayEnd(id) && !refused;
  }

  private static TransferredLocks encode(HeldLocks held, long origin, long now) {
    TransferredLocks.Builder out =
        TransferredLocks.newBuilder()
            .setHolding(
                Holding.newBuilder()
                    .setTxn(Protos.txn(held.owner().id()))
                    .setAgeNanos(held.owner().age().nanos())
                    .setEpoch(origin)
                    .setGrant(held.grant()))
            .setSilentNanos(Math.max(0, now - held.heardNanos()));
    for (LockWish lock : held.locks()) {
      Range range = Protos.range(lock.range());
      if (lock.mode() == LockMode.EXCLUSIVE) {
        out.addExclusive(range);
      } else {
        out.addShared(range);
      }
    }
    return out.build();
  }

  /** What is held, on the clock of a server where it is {@code now}. */
  static HeldLocks decode(TransferredLocks held, long now) {
    List<LockWish> locks = new ArrayList<>(held.getSharedCount() + held.getExclusiveCount());
    for (Range range : held.getSharedList()) {
      locks.add(new LockWish(Protos.range(range), LockMode.SHARED));
    }
    for (Range range : held.getExclusiveList()) {
      locks.add(new LockWish(Protos.range(range), LockMode.EXCLUSIVE));
    }
    Holding holding = held.getHolding();
    return new HeldLocks(
        new LockOwner(new Timestamp(holding.getAgeNanos()), Protos.txn(holding.getTxn())),
        holding.getGrant(),
        now - held.getSilentNanos(),
        locks);
  }

  private static ByteString encode(LockTransfer transfer) {
    ByteString body = transfer.toByteString();
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).put(FORMAT).putInt(sum(body)).flip();
    return ByteString.copyFrom(header).concat(body);
  }

  /**
   * Reads what {@link #give} has made for {@code to}.
   *
   * @throws InvalidProtocolBufferException if it is damaged, of another format, or not for this
   *     leader
   */
  static LockTransfer decode(ByteString bytes, Leadership to)
      throws InvalidProtocolBufferException {
    if (bytes.size() < HEADER_BYTES || bytes.byteAt(0) != FORMAT) {
      throw new InvalidProtocolBufferException("they are of a format not known here");
    }
    ByteString body = bytes.substring(HEADER_BYTES);
    if (bytes.asReadOnlyByteBuffer().getInt(1) != sum(body)) {
      throw new InvalidProtocolBufferException("their checksum is wrong");
    }
    LockTransfer transfer = LockTransfer.parseFrom(body);
    if (transfer.getGroup() != to.context.group().value() || transfer.getEpoch() >= to.epoch) {
      throw new InvalidProtocolBufferException(
          "they are of epoch %d of group %d, this is epoch %d"
              .formatted(transfer.getEpoch(), transfer.getGroup(), to.epoch));
    }
    return transfer;
  }

  private static int sum(ByteString body) {
    CRC32C sum = new CRC32C();
    sum.update(body.asReadOnlyByteBuffer());
    return (int) sum.getValue();
  }
}
