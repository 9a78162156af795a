package io.meridiandb.txn.gateway;

import com.google.protobuf.MessageLite;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.gateway.Router.Leader;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to the leader of a group, wherever that is: it is sent again and again, to
 * whom the router names, until somebody answers as the leader or the deadline has passed. So every
 * request sent so must be harmless if it arrives several times, late, and at several servers.
 *
 * <p>One request is under way at a time, and an answer to an earlier one does not count: what is
 * answered is answered to the greatest epoch ever named (protocol G12). After {@link #begin} it
 * lives on the messenger's strand.
 */
final class LeaderCall<Q extends MessageLite, R extends MessageLite> {
  /**
   * A request that is not answered within this is sent again, elsewhere: who leads says so earlier.
   */
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

  /** How long a server may take that was silent a moment ago: it is probably gone. */
  static final Duration SILENT_TIMEOUT = Duration.ofMillis(600);

  /** How long a replica that does not lead may take; then the leader is asked. */
  static final Duration FOLLOWER_TIMEOUT = Duration.ofMillis(1_300);

  /** Who is impatient gives up after that part of the time: only in simulations. */
  private static final int IMPATIENT_DIVISOR = 20;

  private static final int BACKOFF_FIRST_MILLIS = 5;
  private static final int BACKOFF_LAST_MILLIS = 250;

  /**
   * A kind of request.
   *
   * @param refusal reads the refusal of a reply; the default instance if there is none
   * @param epoch reads the epoch under which the sender of a reply leads; 0 if the reply has none
   * @param logged whether a success costs its group a log entry
   */
  record Exchange<Q extends MessageLite, R extends MessageLite>(
      MessageType<Q> type,
      MessageType<R> replyType,
      Function<R, Refusal> refusal,
      Function<R, Long> epoch,
      boolean logged) {}

  /**
   * What is asked.
   *
   * @param request makes the request for the epoch that the leader is believed to lead under
   * @param insistsOnEpoch whether WRONG_EPOCH is an answer
   * @param follower a replica that is asked once before the leader is, or null
   * @param leaderToo whether the leader is asked at all
   */
  record Question<Q extends MessageLite, R extends MessageLite>(
      GroupId group,
      Exchange<Q, R> exchange,
      LongFunction<Q> request,
      boolean insistsOnEpoch,
      @Nullable ServerId follower,
      boolean leaderToo) {
    static <Q extends MessageLite, R extends MessageLite> Question<Q, R> of(
        GroupId group, Exchange<Q, R> exchange, LongFunction<Q> request) {
      return new Question<>(group, exchange, request, false, null, true);
    }

    Question<Q, R> insisting(boolean insists) {
      return new Question<>(group, exchange, request, insists, follower, leaderToo);
    }

    Question<Q, R> at(@Nullable ServerId replica) {
      return new Question<>(group, exchange, request, insistsOnEpoch, replica, leaderToo);
    }

    Question<Q, R> butNotTheLeader() {
      return new Question<>(group, exchange, request, insistsOnEpoch, follower, false);
    }
  }

  private final GatewayContext context;
  private final ReplicaChooser replicas;
  private final Question<Q, R> question;
  private final Deadline deadline;
  private final Supplier<RandomSource> random;
  private final CompletableFuture<R> future = new CompletableFuture<>();
  private String last = "nobody was asked";
  private long epochMax;
  private long askedNanos;

  /** Whether the deadline leaves the request under way too little time to prove silence. */
  private boolean cutShort;

  private int failures;
  private int requests;
  private int wanRounds;

  private LeaderCall(
      GatewayContext context,
      ReplicaChooser replicas,
      Question<Q, R> question,
      Deadline deadline,
      Supplier<RandomSource> random) {
    this.context = context;
    this.replicas = replicas;
    this.question = question;
    this.deadline = deadline;
    this.random = random;
  }

  /**
   * Begins to ask.
   *
   * @param random what back-off times are drawn from; used on the messenger's strand
   */
  static <Q extends MessageLite, R extends MessageLite> LeaderCall<Q, R> begin(
      GatewayContext context,
      ReplicaChooser replicas,
      Question<Q, R> question,
      Deadline deadline,
      Supplier<RandomSource> random) {
    LeaderCall<Q, R> call = new LeaderCall<>(context, replicas, question, deadline, random);
    ServerId follower = question.follower;
    if (follower == null) {
      call.askLeader();
    } else {
      call.askFollower(follower);
    }
    return call;
  }

  /**
   * The answer: its refusal, if any, is neither NOT_LEADER nor WAITING nor, if the request does not
   * insist on its epoch, WRONG_EPOCH. Fails with UNAVAILABLE if the deadline passes first; the
   * request may still be done. Completes on the messenger's strand.
   */
  CompletableFuture<R> future() {
    return future;
  }

  GroupId group() {
    return question.group;
  }

  /** Sends no more; what was sent may still be done. */
  void cancel() {
    future.completeExceptionally(
        new MeridianException(ErrorCode.QUERY_CANCELED, "nobody waits for the answer any more"));
  }

  /** Requests sent one after another; of a call that is over. */
  int requests() {
    return requests;
  }

  /** Round trips between regions one after another; of a call that is over. */
  int wanRounds() {
    return wanRounds;
  }

  private void askFollower(ServerId follower) {
    Duration timeout = deadline.remaining(FOLLOWER_TIMEOUT);
    askedNanos = context.env().clocks().bootNanos();
    send(follower, question.request.apply(0), timeout)
        .whenComplete((reply, error) -> followerAnswered(follower, reply, error));
  }

  private void followerAnswered(ServerId follower, @Nullable R reply, @Nullable Throwable error) {
    if (error != null || reply == null) {
      context.env().events().count("txn.gateway.follower.silent", 1);
      replicas.silent(follower);
      afterFollower();
      return;
    }
    Refusal refusal = question.exchange.refusal.apply(reply);
    noteNoReplica(follower, refusal);
    Reason reason = refusal.getReason();
    boolean behind =
        reason == Reason.NOT_LEADER || reason == Reason.WAITING || reason == Reason.WRONG_DIRECTORY;
    if (behind) { // one that does not own the rows may not know yet that it does
      context.env().events().count("txn.gateway.follower.behind", 1);
      replicas.behind(question.group, follower);
      afterFollower();
    } else {
      replicas.served(question.group, follower, askedNanos);
      future.complete(reply);
    }
  }

  private void afterFollower() {
    if (question.leaderToo) {
      askLeader();
    } else {
      future.completeExceptionally(
          new MeridianException(ErrorCode.UNAVAILABLE, "the nearest replica cannot serve it"));
    }
  }

  private void askLeader() {
    if (future.isDone()) {
      return;
    }
    if (deadline.hasPassed()) {
      future.completeExceptionally(
          new MeridianException(
              ErrorCode.UNAVAILABLE,
              "no leader of %s answered within %d ms (last: %s)"
                  .formatted(question.group, deadline.allowed().toMillis(), last)));
      return;
    }
    Leader leader = context.router().leader(question.group);
    epochMax = Math.max(epochMax, leader.epoch());
    Duration timeout = replicas.isSilent(leader.server()) ? SILENT_TIMEOUT : CALL_TIMEOUT;
    askedNanos = context.env().clocks().bootNanos();
    Duration patience = deadline.remaining(timeout);
    cutShort = patience.compareTo(timeout) < 0 && patience.compareTo(TxnLimits.WAITING_AFTER) < 0;
    send(leader.server(), question.request.apply(epochMax), patience)
        .whenComplete((reply, error) -> answered(leader, reply, error));
  }

  private CompletableFuture<R> send(ServerId to, Q request, Duration timeout) {
    requests++;
    if (!context.router().near(to)) {
      wanRounds++;
    }
    boolean impatient = context.env().faults().maybe("call.impatient");
    return context
        .messenger()
        .call(
            to,
            question.exchange.type,
            question.exchange.replyType,
            question.group,
            request,
            impatient ? timeout.dividedBy(IMPATIENT_DIVISOR) : timeout);
  }

  private void answered(Leader leader, @Nullable R reply, @Nullable Throwable error) {
    if (future.isDone()) {
      return; // cancelled
    }
    if (error != null || reply == null) {
      if (cutShort) {
        // A leader at which it waits would not have said so yet, and is the one to be told that
        // nobody waits any more.
        last = leader.server() + " had too little time to answer";
      } else {
        context.env().events().count("txn.gateway.unanswered", 1);
        replicas.silent(leader.server());
        context.router().failed(question.group, leader.server(), null);
        last = leader.server() + " did not answer";
      }
      askAfterPause();
      return;
    }
    replicas.heard(leader.server(), askedNanos);
    Refusal refusal = question.exchange.refusal.apply(reply);
    switch (refusal.getReason()) {
      case WAITING -> {
        last = leader.server() + " has not finished it";
        askLeader();
      }
      case NOT_LEADER -> notLeader(leader, refusal);
      case WRONG_EPOCH -> {
        context.router().learned(question.group, leader.server(), refusal.getEpoch());
        last = leader.server() + " leads anew";
        if (question.insistsOnEpoch) {
          future.complete(reply);
        } else {
          askLeader();
        }
      }
      default -> {
        long epoch = question.exchange.epoch.apply(reply);
        if (epoch != 0) {
          context.router().learned(question.group, leader.server(), epoch);
        }
        boolean done = refusal.getReason() == Reason.UNSPECIFIED;
        if (done && question.exchange.logged && context.router().votesAreFar(question.group)) {
          wanRounds++;
        }
        future.complete(reply);
      }
    }
  }

  private void notLeader(Leader leader, Refusal refusal) {
    ServerId hint = refusal.getLeader() == 0 ? null : new ServerId(refusal.getLeader());
    if (hint != null && replicas.isSilent(hint)) {
      hint = null; // others have not noticed yet that it is gone
    }
    context.router().failed(question.group, leader.server(), hint);
    noteNoReplica(leader.server(), refusal);
    last = leader.server() + " does not lead";
    if (hint == null || failures > 0) {
      askAfterPause();
    } else {
      failures++;
      askLeader();
    }
  }

  private void noteNoReplica(ServerId server, Refusal refusal) {
    if (refusal.getNoReplica()) {
      context.router().noReplica(question.group, server);
    }
  }

  /** The pause doubles with each failure; half of it is random, so that gateways part company. */
  private void askAfterPause() {
    int most = Math.min(BACKOFF_LAST_MILLIS, BACKOFF_FIRST_MILLIS << Math.min(failures++, 10));
    int millis = most / 2 + random.get().nextInt(most / 2 + 1);
    context.strand().schedule(deadline.remaining(Duration.ofMillis(millis)), this::askLeader);
  }
}
