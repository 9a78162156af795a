package io.meridiandb.placement.movement;

import com.google.protobuf.MessageLite;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.CallFailedException;
import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.directory.DirectoryMessages;
import io.meridiandb.spanserver.proto.ExportCall;
import io.meridiandb.spanserver.proto.ExportReply;
import io.meridiandb.spanserver.proto.IngestCall;
import io.meridiandb.spanserver.proto.IngestReply;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.proto.IngestEntry;
import io.meridiandb.txn.proto.Version;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Copies versions of one directory from its owner's leader into the log of another group, part by
 * part. Parts go in strictly one behind the other, so that a tombstone never arrives before what it
 * deletes. Used on one fiber.
 */
final class CopyLane {
  /** How long a round in the background may wait for leaders altogether. */
  static final Duration ROUND_MAX = Duration.ofMinutes(10);

  private static final Duration CALL_MAX = Duration.ofSeconds(4);
  private static final Duration AWAIT_SLACK = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** What the lane works with. */
  record Ground(Env env, Messenger messenger, LocationProxy proxy) {}

  private final Ground ground;
  private final KeyRange range;
  private final GroupId source;
  private final GroupId destination;
  private final long mover;
  private Timestamp copiedTo = Timestamp.MIN;
  private long rows;
  private long bytes;

  /** When the round under way must be over, on the boot clock. */
  private long end;

  /**
   * A lane that has copied nothing yet.
   *
   * @param mover as the arrival's row in the destination names it
   */
  CopyLane(Ground ground, KeyRange range, GroupId source, GroupId destination, long mover) {
    this.ground = ground;
    this.range = range;
    this.source = source;
    this.destination = destination;
    this.mover = mover;
  }

  /** Versions copied so far. */
  long rows() {
    return rows;
  }

  /** Bytes of their keys and values. */
  long bytes() {
    return bytes;
  }

  /**
   * Copies what has been written since the round before, up to now.
   *
   * @param within how long it may take
   * @return how many versions
   * @throws MeridianException UNAVAILABLE if it must be tried again later, SERIALIZATION_FAILURE if
   *     the whole move must begin again
   */
  long round(Duration within) {
    long before = rows;
    end = ground.env.clocks().bootNanos() + within.toNanos();
    ExportCall first =
        ExportCall.newBuilder()
            .setRange(Protos.range(range))
            .setAfterNanos(copiedTo.nanos())
            .build();
    ExportReply part = export(first);
    while (true) {
      if (part.getVersionsCount() > 0) {
        ingest(part);
      }
      if (!part.getMore()) {
        copiedTo = new Timestamp(part.getToNanos());
        return rows - before;
      }
      part =
          export(
              first.toBuilder()
                  .setToNanos(part.getToNanos())
                  .setNextKey(part.getNextKey())
                  .setNextTimestampNanos(part.getNextTimestampNanos())
                  .build());
    }
  }

  private ExportReply export(ExportCall call) {
    return leaderOf(
        source,
        DirectoryMessages.EXPORT,
        DirectoryMessages.EXPORT_REPLY,
        call,
        reply ->
            switch (reply.getProblem()) {
              case NONE -> Verdict.DONE;
              case NOT_LEADER -> Verdict.another(reply.getLeader());
              case BUSY -> Verdict.AGAIN;
              case TOO_OLD, NOT_OWNED, UNRECOGNIZED ->
                  throw new MeridianException(
                      ErrorCode.SERIALIZATION_FAILURE,
                      "the copy of %s from %s must begin again: %s"
                          .formatted(range, source, reply.getProblem()));
            });
  }

  private void ingest(ExportReply part) {
    IngestEntry entry =
        IngestEntry.newBuilder()
            .addAllVersions(part.getVersionsList())
            .setHorizonNanos(part.getHorizonNanos())
            .setRange(Protos.range(range))
            .setMover(mover)
            .build();
    leaderOf(
        destination,
        DirectoryMessages.INGEST,
        DirectoryMessages.INGEST_REPLY,
        IngestCall.newBuilder().setVersions(entry).build(),
        (IngestReply reply) ->
            switch (reply.getProblem()) {
              case NONE -> Verdict.DONE;
              case NOT_LEADER -> Verdict.another(reply.getLeader());
              case FAILED -> Verdict.AGAIN;
              case NOT_ADMITTED, UNRECOGNIZED ->
                  throw new MeridianException(
                      ErrorCode.SERIALIZATION_FAILURE,
                      "%s takes no versions of %s from this copy any more"
                          .formatted(destination, range));
            });
    for (Version version : part.getVersionsList()) {
      rows++;
      bytes += version.getKey().size() + version.getValue().size();
    }
  }

  /**
   * What to do after an answer.
   *
   * @param done it is done
   * @param other whether another server leads
   * @param hint which; 0 if it is not known
   */
  private record Verdict(boolean done, boolean other, long hint) {
    static final Verdict DONE = new Verdict(true, false, 0);
    static final Verdict AGAIN = new Verdict(false, false, 0);

    static Verdict another(long hint) {
      return new Verdict(false, true, hint);
    }
  }

  private <Q extends MessageLite, R extends MessageLite> R leaderOf(
      GroupId group,
      MessageType<Q> type,
      MessageType<R> replyType,
      Q request,
      Function<R, Verdict> judge) {
    Env env = ground.env;
    while (env.clocks().bootNanos() < end) {
      ServerId server = ground.proxy.leader(group).server();
      R reply = call(server, type, replyType, group, request);
      if (reply == null) {
        ground.proxy.failed(group, server, null);
        continue;
      }
      Verdict verdict = judge.apply(reply);
      if (verdict.done) {
        return reply;
      }
      if (verdict.other) {
        ServerId hint = verdict.hint == 0 ? null : new ServerId(verdict.hint);
        ground.proxy.failed(group, server, hint);
      }
      env.fibers().sleep(PAUSE);
    }
    throw new MeridianException(
        ErrorCode.UNAVAILABLE, "the leader of %s does not answer".formatted(group));
  }

  private <Q extends MessageLite, R extends MessageLite> @Nullable R call(
      ServerId server, MessageType<Q> type, MessageType<R> replyType, GroupId group, Q request) {
    long left = Math.max(1, end - ground.env.clocks().bootNanos());
    Duration most = left < CALL_MAX.toNanos() ? Duration.ofNanos(left) : CALL_MAX;
    try {
      return ground
          .env
          .fibers()
          .await(
              ground.messenger.call(server, type, replyType, group, request, most),
              most.plus(AWAIT_SLACK));
    } catch (CallFailedException | AwaitTimeoutException e) {
      ground.env.events().count("placement.unanswered", 1);
      return null;
    }
  }
}
