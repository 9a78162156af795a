package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.LockCall;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.Refusal;
import java.util.function.Consumer;

/** Locks keys that will be written and checks their conditions now instead of at the commit. */
final class LockHandler {
  private final Leadership leadership;

  LockHandler(Leadership leadership) {
    this.leadership = leadership;
  }

  void handle(LockCall call, Consumer<LockReply> answer) {
    TxnId id = Protos.txn(call.getHolding().getTxn());
    if (leadership.isEnding(id)) {
      answer.accept(refused(leadership.lostLocks(id)));
      return;
    }
    leadership.lock(
        call.getHolding(),
        leadership.wishes(call.getKeysList(), call.getExclusiveRangesList(), false),
        new Leadership.Continuation() {
          @Override
          public void locked(long grant) {
            check(call, grant, answer);
          }

          @Override
          public void refused(Refusal refusal) {
            answer.accept(LockHandler.refused(refusal));
          }
        });
  }

  private void check(LockCall call, long grant, Consumer<LockReply> answer) {
    Refusal notOwned = leadership.notOwned(call.getKeysList());
    if (notOwned == null) {
      notOwned =
          leadership.notOwned(
              call.getExclusiveRangesList().stream().map(Protos::range).toList(), Timestamp.MAX);
    }
    // The locks stay whatever the answer is, so every answer tells of them: a gateway that did not
    // know could not give them back.
    LockReply.Builder reply = LockReply.newBuilder().setEpoch(leadership.epoch).setGrant(grant);
    if (notOwned != null) {
      answer.accept(reply.setRefusal(notOwned).build());
      return;
    }
    if (!leadership.schema.admits(call.getSchemaVersion(), Timestamp.MAX)) {
      SchemaVersion newest = leadership.schema.at(Timestamp.MAX);
      answer.accept(reply.setRefusal(Refuse.schemaChanged(newest)).build());
      return;
    }
    Writes.Failure failure = Writes.check(leadership.context.store(), call.getKeysList());
    if (failure == null) {
      answer.accept(reply.build());
      return;
    }
    // The locks stay, and with them the truth of the refusal: the statement failed, not the
    // attempt.
    reply.setRefusal(Refuse.conditionFailed(failure.kind(), failure.key()));
    leadership.context.replication().whenPassed(failure.seen(), () -> answer.accept(reply.build()));
  }

  private static LockReply refused(Refusal refusal) {
    return LockReply.newBuilder().setRefusal(refusal).build();
  }
}
