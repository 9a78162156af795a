package io.meridiandb.spanserver.directory;

import com.google.protobuf.MessageLite;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.net.Received;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.paxos.core.VoterLag;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.proto.ChangeMembersCall;
import io.meridiandb.spanserver.proto.ChangeMembersReply;
import io.meridiandb.spanserver.proto.CreateGroupCall;
import io.meridiandb.spanserver.proto.CreateGroupReply;
import io.meridiandb.spanserver.proto.HandOverNotice;
import io.meridiandb.spanserver.proto.IngestCall;
import io.meridiandb.spanserver.proto.IngestReply;
import io.meridiandb.spanserver.proto.LateVoter;
import io.meridiandb.spanserver.proto.ReplicaStatus;
import io.meridiandb.spanserver.proto.ServerStatusCall;
import io.meridiandb.spanserver.proto.ServerStatusReply;
import io.meridiandb.spanserver.proto.SizeCall;
import io.meridiandb.spanserver.proto.SizeReply;
import io.meridiandb.truetime.ClockStatus;
import io.meridiandb.truetime.ClockWatch;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.proto.Range;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a spanserver does for the placement driver: makes replicas, tells how it is, and copies
 * directories out and in. It decides nothing itself. Handlers run on the server strand.
 */
public final class DirectoryService {
  private final Env env;
  private final Messenger messenger;
  private final Strand strand;
  private final ClockWatch clock;
  private final LocalGroups groups;
  private final GroupOpener opener;

  /**
   * Registers the handlers.
   *
   * @param strand the server strand
   */
  public DirectoryService(
      Env env,
      Messenger messenger,
      Strand strand,
      ClockWatch clock,
      LocalGroups groups,
      GroupOpener opener) {
    this.env = env;
    this.messenger = messenger;
    this.strand = strand;
    this.clock = clock;
    this.groups = groups;
    this.opener = opener;
    messenger.on(DirectoryMessages.CREATE_GROUP, this::create);
    on(DirectoryMessages.STATUS, DirectoryMessages.STATUS_REPLY, this::status);
    on(DirectoryMessages.SIZE, DirectoryMessages.SIZE_REPLY, this::sizes);
    messenger.on(
        DirectoryMessages.CHANGE_MEMBERS, call -> strand.execute(() -> changeMembers(call)));
    messenger.on(DirectoryMessages.HAND_OVER, notice -> strand.execute(() -> handOver(notice)));
    Exports exports = new Exports(messenger, strand, groups);
    messenger.on(
        DirectoryMessages.EXPORT, received -> strand.execute(() -> exports.handle(received)));
    messenger.on(DirectoryMessages.INGEST, received -> strand.execute(() -> ingest(received)));
  }

  private <Q extends MessageLite, R extends MessageLite> void on(
      MessageType<Q> type, MessageType<R> replyType, Function<Received<Q>, R> handler) {
    messenger.on(
        type,
        received ->
            strand.execute(() -> messenger.reply(received, replyType, handler.apply(received))));
  }

  private void create(Received<CreateGroupCall> call) {
    env.fibers()
        .start(
            "create-" + call.group(),
            () -> {
              CreateGroupReply.Builder reply = CreateGroupReply.newBuilder();
              try {
                CreateGroupCall wanted = call.body();
                opener.open(
                    call.group(),
                    members(
                        wanted.getFullList(), wanted.getWitnessesList(), wanted.getReadOnlyList()));
              } catch (RuntimeException e) {
                env.events()
                    .event(
                        Level.WARNING,
                        "spanserver.directory",
                        call.group() + " cannot be made here: " + e.getMessage());
                reply.setProblem(String.valueOf(e.getMessage()));
              }
              messenger.reply(call, DirectoryMessages.CREATE_GROUP_REPLY, reply.build());
            });
  }

  private static ReplicaSet members(List<Long> full, List<Long> witnesses, List<Long> readOnly) {
    return ReplicaSet.of(servers(full), servers(witnesses), servers(readOnly));
  }

  private static List<ServerId> servers(List<Long> ids) {
    return ids.stream().map(ServerId::new).toList();
  }

  private ServerStatusReply status(Received<ServerStatusCall> call) {
    ClockStatus time = clock.status();
    String fault = time.fencedBecause();
    ServerStatusReply.Builder reply =
        ServerStatusReply.newBuilder()
            .setIncarnation(messenger.self().incarnation())
            .setClockUncertaintyNanos(time.now().epsilonNanos())
            .setClockSource(time.source())
            .setClockFault(fault == null ? "" : fault);
    time.distrusted().forEach(server -> reply.addClockDistrusts(server.value()));
    for (LocalGroup group : groups.all()) {
      ReplicaSet.Kind kind = group.members().kindOf(messenger.self().server());
      ServerId leader = group.leaderHint();
      ReplicaStatus.Builder status =
          ReplicaStatus.newBuilder()
              .setGroup(group.group().value())
              .setKind(kind == null ? ReplicaSet.Kind.READ_ONLY.ordinal() : kind.ordinal())
              .setLeading(group.leading())
              .setAppliedIndex(group.appliedIndex())
              .setClosedNanos(group.closed().nanos())
              .setBytes(group.bytesIn(KeyRange.ALL))
              .setLeader(leader == null ? 0 : leader.value());
      for (VoterLag lag : group.lags()) {
        if (lag.tooFar()) {
          status.addLate(
              LateVoter.newBuilder().setServer(lag.voter().value()).setAdvice(lag.toString()));
        }
      }
      if (group.leading()) {
        status
            .addAllFull(numbers(group.members().full()))
            .addAllWitnesses(numbers(group.members().witnesses()))
            .addAllReadOnly(numbers(group.members().readOnly()));
      }
      reply.addReplicas(status);
    }
    return reply.build();
  }

  private static List<Long> numbers(Collection<ServerId> servers) {
    return servers.stream().map(ServerId::value).toList();
  }

  private SizeReply sizes(Received<SizeCall> call) {
    LocalGroup group = groups.find(call.group());
    SizeReply.Builder reply = SizeReply.newBuilder();
    if (group != null && group.ownership() != null) {
      reply.setPresent(true);
      for (Range range : call.body().getRangesList()) {
        reply.addBytes(group.bytesIn(Protos.range(range)));
      }
    }
    return reply.build();
  }

  private void changeMembers(Received<ChangeMembersCall> call) {
    LocalGroup group = groups.find(call.group());
    ChangeMembersCall wanted = call.body();
    CompletableFuture<Void> changed =
        group == null || !group.leading()
            ? CompletableFuture.failedFuture(new IOException("it does not lead " + call.group()))
            : group.changeMembers(
                members(wanted.getFullList(), wanted.getWitnessesList(), wanted.getReadOnlyList()));
    changed.whenComplete((done, failure) ->
        messenger.reply(
            call,
            DirectoryMessages.CHANGE_MEMBERS_REPLY,
            ChangeMembersReply.newBuilder()
                .setProblem(failure == null ? "" : String.valueOf(failure.getMessage()))
                .build()));
  }

  private void handOver(Received<HandOverNotice> notice) {
    LocalGroup group = groups.find(notice.group());
    if (group != null) {
      group.handOver(new ServerId(notice.body().getTarget()));
    }
  }

  private void ingest(Received<IngestCall> call) {
    LocalGroup group = groups.find(call.group());
    if (group == null || !group.leading()) {
      answer(call, IngestReply.Problem.NOT_LEADER, group);
      return;
    }
    Range range = call.body().getVersions().getRange();
    if (group.ownership() instanceof DirectoryTable table
        && !table.admits(Protos.range(range), call.body().getVersions().getMover())) {
      answer(call, IngestReply.Problem.NOT_ADMITTED, group);
      return;
    }
    group
        .append(call.body().getVersions())
        .whenComplete((index, failure) ->
            answer(
                call,
                failure == null ? IngestReply.Problem.NONE : IngestReply.Problem.FAILED,
                group));
  }

  private void answer(
      Received<IngestCall> call, IngestReply.Problem problem, @Nullable LocalGroup group) {
    IngestReply.Builder reply = IngestReply.newBuilder().setProblem(problem);
    ServerId leader = group == null ? null : group.leaderHint();
    if (leader != null) {
      reply.setLeader(leader.value());
    }
    messenger.reply(call, DirectoryMessages.INGEST_REPLY, reply.build());
  }
}
