package io.meridiandb.simulator.broken;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.paxos.proto.AcceptProto;
import io.meridiandb.paxos.proto.LeaseReplyProto;
import io.meridiandb.paxos.proto.PaxosFrame;
import io.meridiandb.paxos.replica.PaxosMessages;
import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.LockCall;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.Write;
import java.util.Map;
import java.util.TreeMap;

/** Messages that are not what was sent. */
final class BrokenMessages {
  private static final long TOO_LONG_NANOS = 6_000_000_000L;

  private BrokenMessages() {}

  /** Commits and prepares that ask for nothing to be checked. */
  static byte[] withoutConditions(int type, long group, byte[] body)
      throws InvalidProtocolBufferException {
    if (type == TxnMessages.COMMIT.id()) {
      CommitCall.Builder call = CommitCall.parseFrom(body).toBuilder();
      call.getWritesBuilderList().forEach(write -> write.setCondition(Write.Condition.NONE));
      return call.build().toByteArray();
    }
    if (type == TxnMessages.PREPARE.id()) {
      PrepareCall.Builder call = PrepareCall.parseFrom(body).toBuilder();
      call.getWritesBuilderList().forEach(write -> write.setCondition(Write.Condition.NONE));
      return call.build().toByteArray();
    }
    if (type == TxnMessages.LOCK.id()) {
      LockCall.Builder call = LockCall.parseFrom(body).toBuilder();
      call.getKeysBuilderList().forEach(key -> key.setCondition(Write.Condition.NONE));
      return call.build().toByteArray();
    }
    return body;
  }

  /** Leases that last longer than whoever gave them thinks. */
  static byte[] withLongerLeases(int type, long group, byte[] body)
      throws InvalidProtocolBufferException {
    if (type != PaxosMessages.LEASE_REPLY.id()) {
      return body;
    }
    LeaseReplyProto reply = LeaseReplyProto.parseFrom(body);
    return reply.getUntilNanos() <= 0
        ? body
        : reply.toBuilder()
            .setUntilNanos(reply.getUntilNanos() + TOO_LONG_NANOS)
            .build()
            .toByteArray();
  }

  /** Acknowledgements at one leader, each taken for all that it has sent in the group. */
  static final class Acknowledgements {
    private final Map<Long, Long> sent = new TreeMap<>();

    byte[] outgoing(int type, long group, byte[] body) throws InvalidProtocolBufferException {
      if (type == PaxosMessages.GROUP.id()) {
        PaxosFrame frame = PaxosFrame.parseFrom(body);
        if (frame.hasAccept()) {
          AcceptProto accept = frame.getAccept();
          sent.merge(group, accept.getPrevIndex() + accept.getEntriesCount(), Math::max);
        }
      }
      return body;
    }

    byte[] incoming(int type, long group, byte[] body) throws InvalidProtocolBufferException {
      if (type != PaxosMessages.GROUP.id()) {
        return body;
      }
      PaxosFrame frame = PaxosFrame.parseFrom(body);
      long all = sent.getOrDefault(group, 0L);
      if (!frame.hasAccepted() || frame.getAccepted().getIndex() >= all) {
        return body;
      }
      return frame.toBuilder()
          .setAccepted(frame.getAccepted().toBuilder().setIndex(all))
          .build()
          .toByteArray();
    }
  }
}
