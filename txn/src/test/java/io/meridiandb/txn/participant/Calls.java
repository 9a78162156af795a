package io.meridiandb.txn.participant;

import com.google.protobuf.ByteString;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.Holding;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ResolveCall;
import io.meridiandb.txn.proto.VoteCall;
import io.meridiandb.txn.proto.Write;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Requests, short enough to read in a test. */
final class Calls {
  private Calls() {}

  static TxnId txn(long sequence) {
    return new TxnId(1, 1, sequence, 1);
  }

  static Key key(String text) {
    return Key.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static Holding holding(TxnId id, long epoch, long grant) {
    return Holding.newBuilder()
        .setTxn(Protos.txn(id))
        .setAgeNanos(id.sequence())
        .setEpoch(epoch)
        .setGrant(grant)
        .build();
  }

  static Write put(String key, String value) {
    return Write.newBuilder()
        .setKey(Protos.bytes(key(key)))
        .setAction(Write.Action.PUT)
        .setValue(ByteString.copyFromUtf8(value))
        .build();
  }

  static Write insert(String key, String value) {
    return put(key, value).toBuilder().setCondition(Write.Condition.MUST_NOT_EXIST).build();
  }

  static Write delete(String key) {
    return Write.newBuilder().setKey(Protos.bytes(key(key))).setAction(Write.Action.DELETE).build();
  }

  static Write require(String key) {
    return Write.newBuilder()
        .setKey(Protos.bytes(key(key)))
        .setCondition(Write.Condition.MUST_EXIST)
        .build();
  }

  static CommitCall commit(Holding holding, long startNanos, Write... writes) {
    return CommitCall.newBuilder()
        .setHolding(holding)
        .setCommitStartNanos(startNanos)
        .setSchemaVersion(SchemaVersion.EXEMPT.value())
        .addAllWrites(List.of(writes))
        .build();
  }

  static PrepareCall prepare(
      Holding holding, long startNanos, List<Long> participants, Write... writes) {
    return PrepareCall.newBuilder()
        .setHolding(holding)
        .setCommitStartNanos(startNanos)
        .setSchemaVersion(SchemaVersion.EXEMPT.value())
        .setAnchor(participants.getFirst())
        .addAllParticipants(participants)
        .addAllWrites(List.of(writes))
        .build();
  }

  static OutcomeCall outcome(TxnId id, boolean committed, long timestampNanos) {
    return OutcomeCall.newBuilder()
        .setTxn(Protos.txn(id))
        .setCommitted(committed)
        .setTimestampNanos(timestampNanos)
        .build();
  }

  static VoteCall vote(TxnId id, long startNanos) {
    return VoteCall.newBuilder().setTxn(Protos.txn(id)).setCommitStartNanos(startNanos).build();
  }

  static ReadCall read(KeyRange range) {
    return ReadCall.newBuilder()
        .addRanges(Protos.range(range))
        .setSchemaVersion(SchemaVersion.EXEMPT.value())
        .setRowsMax(100)
        .build();
  }

  static ReadCall read(KeyRange range, LockMode lock, Holding holding) {
    return read(range).toBuilder().setLock(lock.ordinal()).setHolding(holding).build();
  }

  static ResolveCall resolve(TxnId id) {
    return ResolveCall.newBuilder()
        .setSessionHigh(id.sessionHigh())
        .setSessionLow(id.sessionLow())
        .setSequence(id.sequence())
        .build();
  }
}
