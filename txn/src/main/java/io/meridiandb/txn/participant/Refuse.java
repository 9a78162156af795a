package io.meridiandb.txn.participant;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.lock.LockLoss;
import io.meridiandb.txn.proto.Directory;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All the ways in which a participant says no, with their words. */
final class Refuse {
  private Refuse() {}

  static Refusal notLeader(@Nullable ServerId hint) {
    return of(Reason.NOT_LEADER, "this server does not lead the group")
        .setLeader(hint == null ? 0 : hint.value())
        .build();
  }

  static Refusal waiting() {
    return of(Reason.WAITING, "the request waits at the leader").build();
  }

  static Refusal wrongEpoch(long epoch) {
    return of(Reason.WRONG_EPOCH, "the group's leader has changed").setEpoch(epoch).build();
  }

  static Refusal lost(TxnId id, @Nullable LockLoss loss) {
    if (loss == LockLoss.WOUNDED) {
      return of(
              Reason.WOUNDED,
              "transaction " + id + " gave its locks up to an older transaction; run it again")
          .build();
    }
    String why =
        loss == LockLoss.ABANDONED
            ? "nothing was heard of it for longer than locks are kept"
            : "the leader of its group has changed or it has ended";
    return of(
            Reason.LOCKS_LOST,
            "transaction " + id + " has lost its locks: " + why + "; run it again")
        .build();
  }

  static Refusal schemaChanged(SchemaVersion current) {
    return of(Reason.SCHEMA_CHANGED, "the schema has changed")
        .setSchemaVersion(current.value())
        .build();
  }

  static Refusal conditionFailed(Mutation.Kind kind, Key key) {
    return of(Reason.CONDITION_FAILED, "a condition does not hold")
        .setCondition(kind.number())
        .setKey(Protos.bytes(key))
        .build();
  }

  static Refusal aborted(TxnId id) {
    return of(
            Reason.ABORTED,
            "transaction " + id + " cannot commit: its sequence was ended in another way")
        .build();
  }

  static Refusal olderHolds(TxnId id) {
    return of(
            Reason.WOUNDED,
            "transaction " + id + " cannot be prepared before an older transaction; run it again")
        .build();
  }

  static Refusal wrongDirectory(List<Directory> owners) {
    return of(Reason.WRONG_DIRECTORY, "the group does not hold all of what was asked for")
        .addAllDirectories(owners)
        .build();
  }

  static Refusal expired(TxnId id) {
    return of(
            Reason.EXPIRED, "transaction " + id + " is too old: how it ended is not known any more")
        .build();
  }

  static Refusal failed(ErrorCode code, String message) {
    return of(Reason.FAILED, message).setErrorCode(code.name()).build();
  }

  static Refusal failed(MeridianException e) {
    return failed(e.code(), String.valueOf(e.getMessage()));
  }

  private static Refusal.Builder of(Reason reason, String message) {
    return Refusal.newBuilder().setReason(reason).setMessage(message);
  }
}
