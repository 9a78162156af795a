package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.ResolveCall;
import io.meridiandb.txn.proto.ResolveReply;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The gateway of a server: drives transactions by asking the leaders of their groups. */
public final class GatewayImpl implements Gateway {
  /** How long {@link #resolve} tries. */
  static final Duration RESOLVE_DEADLINE = Duration.ofSeconds(10);

  private final GatewayContext context;
  private final KeepAlives keepAlives;

  /**
   * Makes a gateway.
   *
   * @param strand where its timers run
   */
  public GatewayImpl(
      Env env, TrueTime trueTime, Messenger messenger, Router router, Strand strand) {
    this.context =
        new GatewayContext(env, trueTime, messenger, router, env.random().fork("txn.gateway"));
    this.keepAlives = new KeepAlives(context, strand);
  }

  @Override
  public Transaction begin(TxnId id, TransactionOptions options) {
    Deadline deadline = new Deadline(context.env().clocks(), options.deadline());
    GroupCaller caller = new GroupCaller(context, id.toString());
    if (options.readOnly()) {
      return new ReadOnlyTransaction(
          context, caller, new TransactionBase(id, deadline), readTimestamp(options.bound()));
    }
    Timestamp age = options.age();
    return new ReadWriteTransaction(
        new ReadWriteTransaction.Parts(context, caller, keepAlives),
        new TransactionBase(id, deadline),
        age == null ? nowLatest() : age,
        options.ackedSequence());
  }

  private @Nullable Timestamp readTimestamp(TimestampBound bound) {
    return switch (bound.mode()) {
      case STRONG, MAX_STALENESS -> null;
      case EXACT_STALENESS -> nowLatest().plusNanos(-bound.nanos());
      case READ_TIMESTAMP -> new Timestamp(bound.nanos());
    };
  }

  @Override
  public Timestamp nowLatest() {
    return context.trueTime().now().latest();
  }

  @Override
  public @Nullable Outcome resolve(TxnId id, GroupId anchor) {
    ResolveCall call =
        ResolveCall.newBuilder()
            .setSessionHigh(id.sessionHigh())
            .setSessionLow(id.sessionLow())
            .setSequence(id.sequence())
            .build();
    ResolveReply reply;
    try {
      reply =
          new GroupCaller(context, "resolve " + id)
              .ask(
                  anchor,
                  Exchanges.RESOLVE,
                  epoch -> call,
                  false,
                  new Deadline(context.env().clocks(), RESOLVE_DEADLINE));
    } catch (MeridianException e) {
      context.env().events().count("txn.gateway.unresolved", 1);
      return null;
    }
    if (reply.getRefusal().getReason() == Reason.EXPIRED) {
      return new Outcome.Expired();
    }
    if (reply.hasRefusal()) {
      throw Refusals.exception(reply.getRefusal());
    }
    return reply.getCommitted()
        ? new Outcome.Committed(new Timestamp(reply.getCommitTimestampNanos()))
        : new Outcome.Aborted();
  }
}
