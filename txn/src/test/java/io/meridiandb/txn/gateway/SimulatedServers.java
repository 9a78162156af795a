package io.meridiandb.txn.gateway;

import com.google.protobuf.MessageLite;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.net.Received;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.participant.CommitMode;
import io.meridiandb.txn.participant.Participant;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.KeepAlive;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Three simulated servers with real gateways, messengers and participants; each holds a replica of
 * every group.
 */
final class SimulatedServers {
  private static final UniverseId UNIVERSE = new UniverseId(1, 1);
  private static final Duration TICK = Duration.ofSeconds(1);

  /** A request to a participant, and where its answer goes. */
  private interface Call<Q, R> {
    void on(Participant participant, Q request, Consumer<R> answer);
  }

  /** One life of one server. */
  final class Node {
    final Gateway gateway;
    private final Strand strand;
    private final Messenger messenger;
    private final Map<GroupId, SimulatedGroup.Replica> replicas = new TreeMap<>();

    Node(ServerId id, Env env, long incarnation) {
      this.strand = env.strands().create("server");
      TrueTime trueTime = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
      this.messenger =
          new Messenger(
              new ServerIdentity(UNIVERSE, id, incarnation),
              env.transport(),
              trueTime::now,
              strand,
              env.events());
      GatewayImpl own =
          new GatewayImpl(
              env, trueTime, messenger, new RoundRobinRouter(id, servers, borders), strand, modes);
      this.gateway = own;
      SimulatedGroup.Host host =
          new SimulatedGroup.Host(id, strand, trueTime, env.clocks(), env.events());
      for (SimulatedGroup group : groups) {
        replicas.put(group.id, group.new Replica(host, own.recovery()));
      }
      listen();
      strand.schedule(TICK, this::tick);
    }

    private void listen() {
      answer(TxnMessages.READ, TxnMessages.READ_REPLY, Participant::read);
      answer(TxnMessages.LOCK, TxnMessages.LOCK_REPLY, Participant::lock);
      answer(TxnMessages.RESOLVE, TxnMessages.RESOLVE_REPLY, Participant::resolve);
      answer(TxnMessages.PREPARE, TxnMessages.PREPARE_REPLY, Participant::prepare);
      answer(TxnMessages.OUTCOME, TxnMessages.OUTCOME_REPLY, Participant::outcome);
      answer(TxnMessages.VOTE, TxnMessages.VOTE_REPLY, Participant::vote);
      messenger.on(TxnMessages.COMMIT, in -> strand.execute(() -> commit(in)));
      hear(TxnMessages.ROLLBACK, Participant::rollback);
      messenger.on(TxnMessages.KEEP_ALIVE, in -> strand.execute(() -> keepAlive(in)));
      hear(TxnMessages.OUTCOME_ACKNOWLEDGED, Participant::acknowledged);
    }

    private <Q extends MessageLite, R extends MessageLite> void answer(
        MessageType<Q> type, MessageType<R> replyType, Call<Q, R> call) {
      messenger.on(
          type,
          in ->
              strand.execute(
                  () -> call.on(at(in), in.body(), out -> messenger.reply(in, replyType, out))));
    }

    private <Q extends MessageLite> void hear(
        MessageType<Q> type, BiConsumer<Participant, Q> notice) {
      messenger.on(type, in -> strand.execute(() -> notice.accept(at(in), in.body())));
    }

    private Participant at(Received<?> in) {
      SimulatedGroup.Replica replica = replicas.get(in.group());
      if (replica == null) {
        throw new AssertionError("no replica of " + in.group());
      }
      return replica.participant;
    }

    private void commit(Received<CommitCall> in) {
      commitCalls++;
      at(in)
          .commit(
              in.body(),
              out -> {
                if (loseCommitReplies > 0 && !out.hasRefusal()) {
                  loseCommitReplies--;
                } else {
                  messenger.reply(in, TxnMessages.COMMIT_REPLY, out);
                }
              });
    }

    private void keepAlive(Received<KeepAlive> in) {
      at(in)
          .keepAlive(
              in.body(),
              reply -> messenger.send(in.from(), TxnMessages.KEEP_ALIVE_REPLY, in.group(), reply));
    }

    private void tick() {
      replicas.values().forEach(replica -> replica.participant.tick());
      strand.schedule(TICK, this::tick);
    }
  }

  final SimulatedWorld world;
  final List<ServerId> servers = List.of(new ServerId(1), new ServerId(2), new ServerId(3));
  final Map<ServerId, Node> nodes = new TreeMap<>();
  final List<SimulatedGroup> groups = new ArrayList<>();
  final BorderRouter borders;

  /** How many of the next successful commits get no answer. */
  int loseCommitReplies;

  /** Commit requests that have arrived anywhere. */
  long commitCalls;

  private final CommitMode.Choice modes;
  private long starts;

  /** Servers with one group that holds everything. */
  SimulatedServers(SimulatedWorld world) {
    this(world, 1, new BorderRouter());
  }

  /**
   * Servers with several groups.
   *
   * @param borders which group holds what
   */
  SimulatedServers(SimulatedWorld world, int groupCount, BorderRouter borders) {
    this(world, groupCount, borders, CommitMode::of);
  }

  /**
   * The same.
   *
   * @param modes how transactions of several groups commit
   */
  SimulatedServers(
      SimulatedWorld world, int groupCount, BorderRouter borders, CommitMode.Choice modes) {
    this.world = world;
    this.borders = borders;
    this.modes = modes;
    for (int i = 0; i < groupCount; i++) {
      groups.add(new SimulatedGroup(world, new GroupId(i)));
    }
    for (ServerId server : servers) {
      nodes.put(server, new Node(server, world.server(server), ++starts));
    }
  }

  Node node(long server) {
    Node node = nodes.get(new ServerId(server));
    if (node == null) {
      throw new AssertionError("server " + server + " is down");
    }
    return node;
  }

  /** Transactions without outcome, over all replicas. */
  int preparedCount() {
    return groups.stream().mapToInt(SimulatedGroup::preparedCount).sum();
  }

  /** How many entries are chosen in group 0. */
  int chosenCount() {
    return groups.getFirst().log.size();
  }

  /** Nobody leads any group. */
  void loseLeader() {
    groups.forEach(SimulatedGroup::loseLeader);
  }

  /** Appoints a leader of all groups. */
  void appoint(ServerId server) {
    groups.forEach(group -> group.appoint(server));
  }

  /** Power off: what was chosen is safe by decree, everything else of the server is gone. */
  void crash(ServerId server) {
    if (nodes.remove(server) != null) {
      groups.forEach(group -> group.crashed(server));
      world.crash(server);
    }
  }

  void restart(ServerId server) {
    if (!nodes.containsKey(server)) {
      nodes.put(server, new Node(server, world.restart(server), ++starts));
    }
  }
}
