package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.gateway.LeaderCall.Question;
import io.meridiandb.txn.participant.CommitMode;
import io.meridiandb.txn.participant.Recovery;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.ResolveCall;
import io.meridiandb.txn.proto.ResolveReply;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The gateway of a server: drives transactions by asking the leaders of their groups. */
public final class GatewayImpl implements Gateway {
  /** How long {@link #resolve} tries. */
  static final Duration RESOLVE_DEADLINE = Duration.ofSeconds(10);

  private final GatewayContext context;
  private final ReplicaChooser replicas;
  private final KeepAlives keepAlives;
  private final OutcomeCourier outcomes;
  private final RecoveryDriver recovery;
  private final CommitMode.Choice modes;

  /**
   * Makes a gateway.
   *
   * @param strand where its timers run: the messenger's
   */
  public GatewayImpl(
      Env env, TrueTime trueTime, Messenger messenger, Router router, Strand strand) {
    this(env, trueTime, messenger, router, strand, CommitMode::of);
  }

  /**
   * Makes a gateway that commits transactions of several groups in modes of its own.
   *
   * @param strand where its timers run: the messenger's
   * @param modes any choice is right, not all are as fast
   */
  public GatewayImpl(
      Env env,
      TrueTime trueTime,
      Messenger messenger,
      Router router,
      Strand strand,
      CommitMode.Choice modes) {
    this.modes = modes;
    this.context =
        new GatewayContext(
            env, trueTime, messenger, router, strand, env.random().fork("txn.gateway"));
    this.replicas = new ReplicaChooser(router, env.clocks());
    this.keepAlives = new KeepAlives(context, strand);
    messenger.on(TxnMessages.KEEP_ALIVE_REPLY, in -> strand.execute(() -> keepAlives.answered(in)));
    this.outcomes = new OutcomeCourier(context, replicas);
    this.recovery = new RecoveryDriver(context, replicas, outcomes);
  }

  /** What ends transactions of this and other gateways for the participants of this server. */
  public Recovery recovery() {
    return recovery;
  }

  @Override
  public Transaction begin(TxnId id, TransactionOptions options) {
    TransactionBase base =
        new TransactionBase(id, new Deadline(context.env().clocks(), options.deadline()));
    GroupCaller caller = new GroupCaller(context, replicas, id.toString());
    if (options.readOnly()) {
      return new ReadOnlyTransaction(context, caller, base, options.bound());
    }
    Timestamp age = options.age();
    return new ReadWriteTransaction(
        new TransactionParts(context, caller, keepAlives, recovery, outcomes, modes),
        base,
        age == null ? nowLatest() : age,
        options);
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
          new GroupCaller(context, replicas, "resolve " + id)
              .ask(
                  Question.of(anchor, Exchanges.RESOLVE, epoch -> call),
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
