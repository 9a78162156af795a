package io.meridiandb.txn.gateway;

import com.google.protobuf.MessageLite;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.CallFailedException;
import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.txn.gateway.Router.Leader;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Asks the leader of a group, wherever it is: sends a request again and again, to whom the router
 * names, until somebody answers as the leader or the deadline has passed. So every request sent
 * through it must be harmless if it arrives several times, late, and at several servers.
 *
 * <p>Used by one fiber at a time.
 */
final class GroupCaller {
  /**
   * A request that is not answered within this is sent again, elsewhere: who leads says so earlier.
   */
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

  private static final Duration AWAIT_SLACK = Duration.ofSeconds(1);
  private static final int BACKOFF_FIRST_MILLIS = 5;
  private static final int BACKOFF_LAST_MILLIS = 250;

  /**
   * A kind of request.
   *
   * @param refusal reads the refusal of a reply; the default instance if there is none
   * @param epoch reads the epoch under which the sender of a reply leads; 0 if the reply has none
   */
  record Exchange<Q extends MessageLite, R extends MessageLite>(
      MessageType<Q> type,
      MessageType<R> replyType,
      Function<R, Refusal> refusal,
      Function<R, Long> epoch) {}

  private final GatewayContext context;
  private final String name;
  private @Nullable RandomSource random;

  /**
   * A caller for one fiber at a time.
   *
   * @param name of whom it calls for: what its back-off times are drawn from
   */
  GroupCaller(GatewayContext context, String name) {
    this.context = context;
    this.name = name;
  }

  /**
   * Asks until there is an answer.
   *
   * @param request makes the request for the epoch that the leader is believed to lead under
   * @return an answer of the leader; its refusal, if any, is neither NOT_LEADER nor WAITING nor, if
   *     the request does not insist on its epoch, WRONG_EPOCH
   * @throws MeridianException UNAVAILABLE if the deadline passes first; the request may still be
   *     done
   */
  <Q extends MessageLite, R extends MessageLite> R ask(
      GroupId group,
      Exchange<Q, R> exchange,
      LongFunction<Q> request,
      boolean insistsOnEpoch,
      Deadline deadline) {
    String last = "nobody was asked";
    for (int failures = 0; !deadline.hasPassed(); ) {
      Leader leader = context.router().leader(group);
      R reply = askOnce(group, exchange, request.apply(leader.epoch()), leader.server(), deadline);
      if (reply == null) {
        context.router().failed(group, leader.server(), null);
        last = leader.server() + " did not answer";
        backOff(failures++, deadline);
        continue;
      }
      Refusal refusal = exchange.refusal.apply(reply);
      if (refusal.getReason() == Reason.WAITING) {
        last = leader.server() + " has not finished it";
      } else if (refusal.getReason() == Reason.NOT_LEADER) {
        ServerId hint = refusal.getLeader() == 0 ? null : new ServerId(refusal.getLeader());
        context.router().failed(group, leader.server(), hint);
        last = leader.server() + " does not lead";
        if (hint == null || failures > 0) {
          backOff(failures, deadline);
        }
        failures++;
      } else if (refusal.getReason() == Reason.WRONG_EPOCH) {
        context.router().learned(group, leader.server(), refusal.getEpoch());
        if (insistsOnEpoch) {
          return reply;
        }
        last = leader.server() + " leads anew";
      } else {
        long epoch = exchange.epoch.apply(reply);
        if (epoch != 0) {
          context.router().learned(group, leader.server(), epoch);
        }
        return reply;
      }
    }
    throw new MeridianException(
        ErrorCode.UNAVAILABLE,
        "no leader of %s answered within %d ms (last: %s)"
            .formatted(group, deadline.allowed().toMillis(), last));
  }

  /** Asks whom the router names, once, without waiting. */
  <Q extends MessageLite, R extends MessageLite> CompletableFuture<R> begin(
      GroupId group, Exchange<Q, R> exchange, Q request, Deadline deadline) {
    return context
        .messenger()
        .call(
            context.router().leader(group).server(),
            exchange.type,
            exchange.replyType,
            group,
            request,
            deadline.remaining(CALL_TIMEOUT));
  }

  /** Waits for what was begun; null if nobody answered as the leader. */
  <R extends MessageLite> @Nullable R finish(Exchange<?, R> exchange, CompletableFuture<R> begun) {
    try {
      R reply = context.env().fibers().await(begun, CALL_TIMEOUT.plus(AWAIT_SLACK));
      return switch (exchange.refusal.apply(reply).getReason()) {
        case NOT_LEADER, WAITING, WRONG_EPOCH -> null;
        default -> reply;
      };
    } catch (CallFailedException | AwaitTimeoutException e) {
      context.env().events().count("txn.gateway.unanswered", 1);
      return null;
    }
  }

  private <Q extends MessageLite, R extends MessageLite> @Nullable R askOnce(
      GroupId group, Exchange<Q, R> exchange, Q request, ServerId server, Deadline deadline) {
    Duration timeout = deadline.remaining(CALL_TIMEOUT);
    try {
      return context
          .env()
          .fibers()
          .await(
              context
                  .messenger()
                  .call(server, exchange.type, exchange.replyType, group, request, timeout),
              timeout.plus(AWAIT_SLACK));
    } catch (CallFailedException | AwaitTimeoutException e) {
      context.env().events().count("txn.gateway.unanswered", 1);
      return null;
    }
  }

  /** Doubles from one failure to the next; half of it is random, so that gateways part company. */
  private void backOff(int failures, Deadline deadline) {
    int most = Math.min(BACKOFF_LAST_MILLIS, BACKOFF_FIRST_MILLIS << Math.min(failures, 10));
    RandomSource source = random;
    if (source == null) {
      source = context.random().fork(name);
      random = source;
    }
    int millis = most / 2 + source.nextInt(most / 2 + 1);
    context.env().fibers().sleep(deadline.remaining(Duration.ofMillis(millis)));
  }
}
