package io.meridiandb.txn.gateway;

import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import org.jspecify.annotations.Nullable;

/** Turns what a leader refused into what the SQL layer is told. */
final class Refusals {
  private Refusals() {}

  /** The exception for a refusal; NOT_LEADER and unspecified ones never come here. */
  static RuntimeException exception(Refusal refusal) {
    return switch (refusal.getReason()) {
      case WOUNDED -> new MeridianException(ErrorCode.DEADLOCK_WOUNDED, refusal.getMessage());
      case LOCKS_LOST, WRONG_EPOCH, WRONG_DIRECTORY ->
          new MeridianException(ErrorCode.SERIALIZATION_FAILURE, refusal.getMessage())
              .withHint("Run the transaction again.");
      case SCHEMA_CHANGED ->
          new SchemaChangedException(new SchemaVersion(refusal.getSchemaVersion()));
      case CONDITION_FAILED ->
          new ConditionFailedException(kind(refusal.getCondition()), Protos.key(refusal.getKey()));
      case ABORTED -> new MeridianException(ErrorCode.TRANSACTION_FAILED, refusal.getMessage());
      case EXPIRED ->
          new MeridianException(ErrorCode.TRANSACTION_OUTCOME_UNKNOWN, refusal.getMessage());
      case FAILED -> new MeridianException(code(refusal.getErrorCode()), refusal.getMessage());
      case NOT_LEADER, WAITING, UNSPECIFIED, UNRECOGNIZED ->
          new MeridianException(
              ErrorCode.INTERNAL, "a leader refused a request with reason " + refusal.getReason());
    };
  }

  /** Whether a transaction was committed could not be found out. */
  static MeridianException unknown(TxnId id, String why, @Nullable Throwable cause) {
    return new MeridianException(
            ErrorCode.TRANSACTION_OUTCOME_UNKNOWN,
            "whether transaction %s was committed is not known: %s".formatted(id, why),
            cause)
        .withHint("Ask how it ended by its id before running it again.");
  }

  private static Mutation.Kind kind(int number) {
    for (Mutation.Kind kind : Mutation.Kind.values()) {
      if (kind.number() == number) {
        return kind;
      }
    }
    throw new MeridianException(ErrorCode.INTERNAL, "no condition has the number " + number);
  }

  private static ErrorCode code(String name) {
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return ErrorCode.INTERNAL;
  }
}
