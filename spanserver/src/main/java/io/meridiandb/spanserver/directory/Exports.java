package io.meridiandb.spanserver.directory;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.net.Received;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.proto.ExportCall;
import io.meridiandb.spanserver.proto.ExportReply;
import io.meridiandb.spanserver.proto.ExportReply.Problem;
import io.meridiandb.spanserver.tablet.VersionChunk;
import io.meridiandb.spanserver.tablet.VersionWrite;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.participant.Ownership;
import io.meridiandb.txn.proto.Version;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Copies a directory out: all versions of its range up to a timestamp at which everything is
 * settled. The leader answers; the request that names no timestamp makes it close what is past, so
 * that what is copied under a lock on the range is all that there is. Used on the server strand.
 */
final class Exports {
  /** How long a request waits for prepared transactions to end. */
  static final Duration SETTLE_MAX = Duration.ofSeconds(1);

  /** Most bytes of versions in an answer, so that an ingest of them fits into one log entry. */
  static final long BYTES_MAX = 512L << 10;

  private final Messenger messenger;
  private final Strand strand;
  private final LocalGroups groups;

  Exports(Messenger messenger, Strand strand, LocalGroups groups) {
    this.messenger = messenger;
    this.strand = strand;
    this.groups = groups;
  }

  /** One request that waits; it is answered once. */
  private final class Request {
    private final Received<ExportCall> call;
    private final LocalGroup group;
    private final KeyRange range;
    private boolean answered;

    Request(Received<ExportCall> call, LocalGroup group) {
      this.call = call;
      this.group = group;
      this.range = Protos.range(call.body().getRange());
    }

    void begin() {
      Ownership ownership = group.ownership();
      if (ownership == null || ownership.notOwned(range, Timestamp.MAX) != null) {
        answer(problem(Problem.NOT_OWNED));
        return;
      }
      Timestamp to =
          call.body().hasToNanos() ? new Timestamp(call.body().getToNanos()) : group.closeNow();
      if (to == null) {
        answer(problem(Problem.NOT_LEADER));
        return;
      }
      strand.schedule(SETTLE_MAX, () -> answer(problem(Problem.BUSY)));
      group.whenSettled(range, to, () -> export(to));
    }

    private void export(Timestamp to) {
      if (answered) {
        return;
      }
      ExportCall asked = call.body();
      VersionChunk.@Nullable Cursor from =
          asked.hasNextTimestampNanos()
              ? new VersionChunk.Cursor(
                  Protos.key(asked.getNextKey()), new Timestamp(asked.getNextTimestampNanos()))
              : null;
      long bytes = asked.getBytesMax() == 0 ? BYTES_MAX : Math.min(asked.getBytesMax(), BYTES_MAX);
      try {
        VersionChunk chunk =
            group.exportVersions(range, new Timestamp(asked.getAfterNanos()), to, from, bytes);
        answer(reply(chunk, to));
      } catch (MeridianException e) {
        if (e.code() != ErrorCode.SNAPSHOT_TOO_OLD) {
          throw e;
        }
        answer(problem(Problem.TOO_OLD));
      }
    }

    private ExportReply.Builder problem(Problem problem) {
      ServerId leader = group.leaderHint();
      return ExportReply.newBuilder()
          .setProblem(problem)
          .setLeader(leader == null ? 0 : leader.value());
    }

    private void answer(ExportReply.Builder reply) {
      if (!answered) {
        answered = true;
        messenger.reply(call, DirectoryMessages.EXPORT_REPLY, reply.build());
      }
    }
  }

  void handle(Received<ExportCall> call) {
    LocalGroup group = groups.find(call.group());
    if (group == null || !group.leading()) {
      ServerId leader = group == null ? null : group.leaderHint();
      messenger.reply(
          call,
          DirectoryMessages.EXPORT_REPLY,
          ExportReply.newBuilder()
              .setProblem(Problem.NOT_LEADER)
              .setLeader(leader == null ? 0 : leader.value())
              .build());
      return;
    }
    new Request(call, group).begin();
  }

  private static ExportReply.Builder reply(VersionChunk chunk, Timestamp to) {
    ExportReply.Builder out =
        ExportReply.newBuilder().setToNanos(to.nanos()).setHorizonNanos(chunk.horizon().nanos());
    for (VersionWrite version : chunk.versions()) {
      byte[] value = version.value();
      out.addVersions(
          Version.newBuilder()
              .setKey(Protos.bytes(version.key()))
              .setTimestampNanos(version.timestamp().nanos())
              .setTombstone(value == null)
              .setValue(value == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(value)));
    }
    VersionChunk.Cursor next = chunk.next();
    if (next != null) {
      out.setMore(true)
          .setNextKey(Protos.bytes(next.key()))
          .setNextTimestampNanos(next.timestamp().nanos());
    }
    return out;
  }
}
