package io.meridiandb.placement.driver;

import com.google.protobuf.MessageLite;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.CallFailedException;
import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.membership.ReplicaSet.Kind;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.directory.DirectoryMessages;
import io.meridiandb.spanserver.proto.ChangeMembersCall;
import io.meridiandb.spanserver.proto.ChangeMembersReply;
import io.meridiandb.spanserver.proto.CreateGroupCall;
import io.meridiandb.spanserver.proto.CreateGroupReply;
import io.meridiandb.spanserver.proto.HandOverNotice;
import io.meridiandb.spanserver.proto.ReplicaStatus;
import io.meridiandb.spanserver.proto.ServerStatusCall;
import io.meridiandb.spanserver.proto.ServerStatusReply;
import io.meridiandb.spanserver.proto.SizeCall;
import io.meridiandb.spanserver.proto.SizeReply;
import io.meridiandb.txn.Protos;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is asked of spanservers, all at once. Every method waits; callable from any fiber. */
public final class Spanservers {
  /** How long a server may take to answer before it counts as down. */
  static final Duration ANSWER_MAX = Duration.ofSeconds(1);

  /** Making a replica forces files. */
  static final Duration CREATE_MAX = Duration.ofSeconds(10);

  /** New members catch up first. */
  static final Duration CHANGE_MAX = Duration.ofSeconds(30);

  private static final Duration AWAIT_SLACK = Duration.ofSeconds(1);

  private final Env env;
  private final Messenger messenger;
  private final Topology topology;

  /** Asks the servers of {@code topology}. */
  public Spanservers(Env env, Messenger messenger, Topology topology) {
    this.env = env;
    this.messenger = messenger;
    this.topology = topology;
  }

  /** How each server is; those that do not answer are left out. */
  public SortedMap<ServerId, ServerStatusReply> statuses() {
    return statuses(topology.servers().stream().map(ServerPlace::id).toList());
  }

  /** How each of these servers is; those that do not answer are left out. */
  public SortedMap<ServerId, ServerStatusReply> statuses(List<ServerId> servers) {
    Map<ServerId, CompletableFuture<ServerStatusReply>> asked = new LinkedHashMap<>();
    for (ServerId server : servers) {
      asked.put(
          server,
          messenger.call(
              server,
              DirectoryMessages.STATUS,
              DirectoryMessages.STATUS_REPLY,
              GroupId.ZERO,
              ServerStatusCall.getDefaultInstance(),
              ANSWER_MAX));
    }
    SortedMap<ServerId, ServerStatusReply> answers = new TreeMap<>();
    asked.forEach((server, answer) -> {
      ServerStatusReply reply = await(answer, ANSWER_MAX);
      if (reply != null) {
        answers.put(server, reply);
      }
    });
    return answers;
  }

  /**
   * Tells members of a new group to have a replica.
   *
   * @return those that have it now
   */
  public SortedSet<ServerId> create(GroupId group, ReplicaSet members) {
    Map<ServerId, CompletableFuture<CreateGroupReply>> asked = new LinkedHashMap<>();
    for (ServerId server : members.all()) {
      asked.put(server, create(server, group, members));
    }
    SortedSet<ServerId> have = new TreeSet<>();
    long voters = members.voters().size();
    List<ServerId> left = new ArrayList<>(asked.keySet());
    for (ServerId server : left) {
      long voting = have.stream().filter(members.voters()::contains).count();
      Duration patience = 2 * voting > voters ? ANSWER_MAX : CREATE_MAX;
      CreateGroupReply reply = await(asked.get(server), patience);
      if (reply != null && reply.getProblem().isEmpty()) {
        have.add(server);
      }
    }
    return have;
  }

  private CompletableFuture<CreateGroupReply> create(
      ServerId server, GroupId group, ReplicaSet members) {
    return messenger.call(
        server,
        DirectoryMessages.CREATE_GROUP,
        DirectoryMessages.CREATE_GROUP_REPLY,
        group,
        CreateGroupCall.newBuilder()
            .addAllFull(ids(members.full()))
            .addAllWitnesses(ids(members.witnesses()))
            .addAllReadOnly(ids(members.readOnly()))
            .build(),
        CREATE_MAX);
  }

  /**
   * Tells servers that are to become members to have a replica, which follows until it is one.
   *
   * @param present the members now, none of {@code joining} among them
   * @param joining what each of the others is to be
   * @return why not, of the first that has none; null if all have it
   */
  @Nullable String join(GroupId group, ReplicaSet present, SortedMap<ServerId, Kind> joining) {
    Map<ServerId, CompletableFuture<CreateGroupReply>> asked = new LinkedHashMap<>();
    joining.forEach((server, kind) -> {
      Kind first = kind == Kind.WITNESS ? Kind.WITNESS : Kind.READ_ONLY;
      asked.put(server, create(server, group, present.with(server, first)));
    });
    String problem = null;
    for (Map.Entry<ServerId, CompletableFuture<CreateGroupReply>> each : asked.entrySet()) {
      CreateGroupReply reply = await(each.getValue(), CREATE_MAX);
      if (problem == null && (reply == null || !reply.getProblem().isEmpty())) {
        problem =
            "%s gets no replica: %s"
                .formatted(
                    topology.name(each.getKey()),
                    reply == null ? "it does not answer" : reply.getProblem());
      }
    }
    return problem;
  }

  /**
   * Asks a leader to change its group's members.
   *
   * @return why they are not the members alone yet; null if they are
   */
  @Nullable String changeMembers(ServerId leader, GroupId group, ReplicaSet target) {
    ChangeMembersReply reply =
        await(
            messenger.call(
                leader,
                DirectoryMessages.CHANGE_MEMBERS,
                DirectoryMessages.CHANGE_MEMBERS_REPLY,
                group,
                ChangeMembersCall.newBuilder()
                    .addAllFull(ids(target.full()))
                    .addAllWitnesses(ids(target.witnesses()))
                    .addAllReadOnly(ids(target.readOnly()))
                    .build(),
                CHANGE_MAX),
            CHANGE_MAX);
    if (reply == null) {
      return "%s, which led it, did not answer".formatted(topology.name(leader));
    }
    return reply.getProblem().isEmpty() ? null : reply.getProblem();
  }

  private static List<Long> ids(SortedSet<ServerId> servers) {
    return servers.stream().map(ServerId::value).toList();
  }

  /**
   * The sizes of ranges at a replica with data.
   *
   * @return bytes of each range; null if the server does not say
   */
  public @Nullable List<Long> sizes(ServerId server, GroupId group, List<KeyRange> ranges) {
    SizeReply reply =
        ask(
            server,
            DirectoryMessages.SIZE,
            DirectoryMessages.SIZE_REPLY,
            group,
            SizeCall.newBuilder()
                .addAllRanges(ranges.stream().map(Protos::range).toList())
                .build());
    return reply == null || !reply.getPresent() ? null : reply.getBytesList();
  }

  /** Asks a leader to hand its group over; nothing happens if it does not lead. */
  public void handOver(ServerId leader, GroupId group, ServerId target) {
    messenger.send(
        leader,
        DirectoryMessages.HAND_OVER,
        group,
        HandOverNotice.newBuilder().setTarget(target.value()).build());
  }

  /** Who says that it leads a group; null if nobody does. */
  static @Nullable ServerId leader(SortedMap<ServerId, ServerStatusReply> statuses, GroupId group) {
    for (Map.Entry<ServerId, ServerStatusReply> each : statuses.entrySet()) {
      for (ReplicaStatus replica : each.getValue().getReplicasList()) {
        if (replica.getGroup() == group.value() && replica.getLeading()) {
          return each.getKey();
        }
      }
    }
    return null;
  }

  /** The members of a group by its leader's log; null if nobody says that it leads. */
  static @Nullable ReplicaSet members(
      SortedMap<ServerId, ServerStatusReply> statuses, GroupId group) {
    ServerId leader = leader(statuses, group);
    ServerStatusReply said = leader == null ? null : statuses.get(leader);
    if (said == null) {
      return null;
    }
    return said.getReplicasList().stream()
        .filter(replica -> replica.getGroup() == group.value())
        .findFirst()
        .map(replica ->
            ReplicaSet.of(
                servers(replica.getFullList()),
                servers(replica.getWitnessesList()),
                servers(replica.getReadOnlyList())))
        .orElse(null);
  }

  private static List<ServerId> servers(List<Long> ids) {
    return ids.stream().map(ServerId::new).toList();
  }

  private <Q extends MessageLite, R extends MessageLite> @Nullable R ask(
      ServerId server, MessageType<Q> type, MessageType<R> replyType, GroupId group, Q request) {
    return await(messenger.call(server, type, replyType, group, request, ANSWER_MAX), ANSWER_MAX);
  }

  private <R> @Nullable R await(@Nullable CompletableFuture<R> answer, Duration most) {
    if (answer == null) {
      return null;
    }
    try {
      return env.fibers().await(answer, most.plus(AWAIT_SLACK));
    } catch (CallFailedException | AwaitTimeoutException e) {
      env.events().count("placement.unanswered", 1);
      return null;
    }
  }
}
