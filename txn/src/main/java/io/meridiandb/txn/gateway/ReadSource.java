package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads without locks: any piece may be asked for twice, ahead of time, and of any leader. */
class ReadSource implements ReadCursor.Source {
  private final GroupCaller caller;
  private final Deadline deadline;
  private final UnaryOperator<ReadCall.Builder> prepare;

  /**
   * A source.
   *
   * @param prepare adds what every piece of the transaction has to carry
   */
  ReadSource(GroupCaller caller, Deadline deadline, UnaryOperator<ReadCall.Builder> prepare) {
    this.caller = caller;
    this.deadline = deadline;
    this.prepare = prepare;
  }

  @Override
  public ReadReply ask(GroupId group, ReadCall.Builder call) {
    return caller.ask(group, Exchanges.READ, epoch -> prepare.apply(call).build(), false, deadline);
  }

  @Override
  public CompletableFuture<ReadReply> begin(GroupId group, ReadCall call) {
    return caller.begin(group, Exchanges.READ, call, deadline);
  }

  @Override
  public @Nullable ReadReply finish(CompletableFuture<ReadReply> begun) {
    return caller.finish(Exchanges.READ, begun);
  }
}
