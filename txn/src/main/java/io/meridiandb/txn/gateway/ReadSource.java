package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.gateway.LeaderCall.Question;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import org.jspecify.annotations.Nullable;

/** Reads without locks: any piece may be asked for twice, ahead of time, and of any replica. */
class ReadSource implements ReadCursor.Source {
  private final GatewayContext context;
  final GroupCaller caller;
  final Deadline deadline;

  ReadSource(GatewayContext context, GroupCaller caller, Deadline deadline) {
    this.context = context;
    this.caller = caller;
    this.deadline = deadline;
  }

  /** The replica to be asked before the leader; null if there is none. */
  @Nullable ServerId replica(GroupId group) {
    return null;
  }

  /** Where the transaction reads; null if the leader may choose. */
  @Nullable Timestamp fixed() {
    return null;
  }

  @Override
  public long fixTimestamp() {
    return context.trueTime().now().latest().nanos();
  }

  @Override
  public ReadReply ask(GroupId group, ReadCall.Builder call) {
    return caller.ask(question(group, call), deadline);
  }

  @Override
  public LeaderCall<?, ReadReply> begin(GroupId group, ReadCall.Builder call) {
    return caller.begin(question(group, call), deadline);
  }

  final Question<ReadCall, ReadReply> question(GroupId group, ReadCall.Builder call) {
    ServerId replica = replica(group);
    Timestamp at = fixed();
    if (at != null) {
      call.setReadTimestampNanos(at.nanos());
    } else if (replica != null && !call.hasReadTimestampNanos()) {
      call.setReadTimestampNanos(fixTimestamp());
    }
    ReadCall request = call.setFollowerAllowed(replica != null).build();
    return Question.of(group, Exchanges.READ, epoch -> request).at(replica);
  }

  @Override
  public ReadReply finish(LeaderCall<?, ReadReply> begun) {
    return caller.finish(begun, deadline);
  }

  @Override
  public void pause(int failures) {
    caller.pauseForMoved(failures, deadline);
  }
}
