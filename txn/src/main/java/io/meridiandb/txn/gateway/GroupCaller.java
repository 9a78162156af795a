package io.meridiandb.txn.gateway;

import com.google.protobuf.MessageLite;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.txn.gateway.LeaderCall.Question;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks the leaders of groups for one transaction, and counts what it waits for. Used by one fiber
 * at a time.
 */
final class GroupCaller {
  private static final Duration AWAIT_SLACK = Duration.ofSeconds(4);

  private final GatewayContext context;
  private final ReplicaChooser replicas;
  private final String name;
  private @Nullable RandomSource random; // used on the messenger's strand
  private int requests;
  private int wanRounds;
  private long commitWaitNanos;

  /**
   * A caller.
   *
   * @param name of whom it calls for: what its back-off times are drawn from
   */
  GroupCaller(GatewayContext context, ReplicaChooser replicas, String name) {
    this.context = context;
    this.replicas = replicas;
    this.name = name;
  }

  ReplicaChooser replicas() {
    return replicas;
  }

  /**
   * Asks until there is an answer.
   *
   * @return as {@link LeaderCall#future} gives it
   * @throws io.meridiandb.wire.MeridianException UNAVAILABLE if the deadline passes first; the
   *     request may still be done
   */
  <Q extends MessageLite, R extends MessageLite> R ask(Question<Q, R> question, Deadline deadline) {
    return finish(begin(question, deadline), deadline);
  }

  /** Begins to ask, without waiting. */
  <Q extends MessageLite, R extends MessageLite> LeaderCall<Q, R> begin(
      Question<Q, R> question, Deadline deadline) {
    return LeaderCall.begin(context, replicas, question, deadline, this::random);
  }

  /** Waits for the answer to what was begun. */
  <R extends MessageLite> R finish(LeaderCall<?, R> call, Deadline deadline) {
    try {
      return await(call.future(), deadline);
    } finally {
      count(List.of(call));
    }
  }

  /**
   * Waits for all answers to what was begun together, in its order.
   *
   * @throws MeridianException UNAVAILABLE if one is missing
   */
  <R extends MessageLite> List<R> finishAll(
      List<? extends LeaderCall<?, R>> calls, Deadline deadline) {
    try {
      List<R> replies = new ArrayList<>(calls.size());
      for (LeaderCall<?, R> call : calls) {
        replies.add(await(call.future(), deadline));
      }
      return replies;
    } finally {
      count(calls);
    }
  }

  /** Waits; the futures it waits for end by themselves a little after the deadline. */
  <T extends @Nullable Object> T await(CompletableFuture<T> future, Deadline deadline) {
    try {
      return context
          .env()
          .fibers()
          .await(future, deadline.remaining(deadline.allowed()).plus(AWAIT_SLACK));
    } catch (AwaitTimeoutException e) {
      throw new MeridianException(ErrorCode.UNAVAILABLE, "this server is too busy to answer", e);
    }
  }

  /** What was under way together counts once. */
  void count(List<? extends LeaderCall<?, ?>> together) {
    int most = 0;
    int far = 0;
    for (LeaderCall<?, ?> call : together) {
      most = Math.max(most, call.requests());
      far = Math.max(far, call.wanRounds());
    }
    requests += most;
    wanRounds += far;
  }

  /** Waits for a while that is counted as commit wait. */
  void commitWait(Duration duration) {
    commitWaitNanos += duration.toNanos();
    context.env().fibers().sleep(duration);
  }

  /**
   * Asks the replica that the question names, and nobody else.
   *
   * @return null if it does not answer, or cannot yet
   */
  <Q extends MessageLite, R extends MessageLite> @Nullable R askReplica(
      Question<Q, R> question, Deadline deadline) {
    LeaderCall<Q, R> call = begin(question.butNotTheLeader(), deadline);
    try {
      return finish(call, deadline);
    } catch (MeridianException e) {
      return null; // counted where it was noticed
    }
  }

  /**
   * Waits before something is asked for that was not where it was believed to be; not before the
   * first time, as the next place is known now.
   *
   * @throws MeridianException UNAVAILABLE if it has been looked for until the deadline
   */
  void pauseForMoved(int failures, Deadline deadline) {
    context.env().events().count("txn.gateway.moved", 1);
    if (deadline.hasPassed()) {
      throw new MeridianException(
          ErrorCode.UNAVAILABLE,
          "the rows were not found in any group within %d ms; they may be moving"
              .formatted(deadline.allowed().toMillis()));
    }
    if (failures > 0) {
      Duration pause = Duration.ofMillis(2L << Math.min(failures, 6));
      context.env().fibers().sleep(deadline.remaining(pause));
    }
  }

  TransactionStatistics statistics() {
    return new TransactionStatistics(requests, wanRounds, Duration.ofNanos(commitWaitNanos));
  }

  private RandomSource random() {
    RandomSource source = random;
    if (source == null) {
      source = context.random().fork(name);
      random = source;
    }
    return source;
  }
}
