package io.meridiandb.placement.locationproxy;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.gateway.Router;
import io.meridiandb.txn.proto.Directory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tells gateways where data is (Spanner OSDI'12 2, location proxies). It begins with "group 0 has
 * everything" and learns from the answers of those who were asked in vain and from METADATA. A
 * wrong guess costs a message, never an answer: groups refuse what they do not own. Callable from
 * any thread; holds no lock.
 */
public final class LocationProxy implements Router {
  /**
   * What is believed of a group's leader.
   *
   * @param server whom to ask next
   * @param epoch under which epoch it leads; 0 if it is only the next to be tried
   */
  private record Belief(ServerId server, long epoch) {}

  /**
   * What is believed of a group's replicas.
   *
   * @param complete whether METADATA said so; otherwise only some full replicas are known
   * @param leaders the full replicas, nearest first: those that are asked for a leader in turn
   * @param readers the replicas with data, nearest first
   */
  private record Members(
      boolean complete, ReplicaSet set, List<ServerId> leaders, List<ServerId> readers) {}

  private final Topology topology;
  private final ServerId self;
  private final List<ServerId> everybody;
  private final ConcurrentMap<GroupId, Belief> beliefs = new ConcurrentHashMap<>();
  private final ConcurrentMap<GroupId, Members> members = new ConcurrentHashMap<>();
  private final AtomicReference<DirectoryMap> directories =
      new AtomicReference<>(DirectoryMap.EMPTY);
  private volatile Runnable refresh = () -> {};

  /**
   * Knows the servers and group 0 and nothing else.
   *
   * @param topology all servers
   * @param self the server whose gateways ask: near and far are meant from here
   * @param groupZero who has replicas of group 0
   */
  public LocationProxy(Topology topology, ServerId self, ReplicaSet groupZero) {
    this.topology = topology;
    this.self = self;
    List<ServerId> all = topology.servers().stream().map(ServerPlace::id).toList();
    this.everybody =
        topology.nearestFirst(self, all.isEmpty() ? List.copyOf(groupZero.all()) : all);
    members.put(GroupId.ZERO, membersOf(groupZero, true));
  }

  /**
   * A universe of one group.
   *
   * @param servers those that hold replicas, nearest first: the order in which they are tried
   */
  public LocationProxy(List<ServerId> servers) {
    Invariants.check(!servers.isEmpty(), "a location proxy without servers");
    this.topology = new Topology(List.of());
    this.self = servers.getFirst();
    this.everybody = List.copyOf(servers);
    members.put(GroupId.ZERO, new Members(true, ReplicaSet.ofFull(servers), everybody, everybody));
  }

  /** Sets what fetches METADATA when something unknown is met; called before traffic. */
  public void onUnknown(Runnable refreshLater) {
    refresh = refreshLater;
  }

  private Members membersOf(ReplicaSet set, boolean complete) {
    return new Members(
        complete,
        set,
        topology.nearestFirst(self, List.copyOf(set.full())),
        topology.nearestFirst(self, List.copyOf(set.dataHolders())));
  }

  /** METADATA, or the group itself, says who its members are. */
  public void learnedMembers(GroupId group, ReplicaSet set) {
    members.put(group, membersOf(set, true));
  }

  /** The members of a group as far as known; null for an unknown group. */
  public @Nullable ReplicaSet members(GroupId group) {
    Members known = members.get(group);
    return known == null ? null : known.set;
  }

  private DirectoryMap map() {
    return Objects.requireNonNull(directories.get());
  }

  @Override
  public GroupId locate(Key key) {
    return map().locate(key);
  }

  @Override
  public @Nullable GroupId locate(KeyRange range) {
    List<Located> pieces = map().cut(range);
    return pieces.size() == 1 ? pieces.getFirst().group() : null;
  }

  @Override
  public List<Located> cut(KeyRange range) {
    return map().cut(range);
  }

  @Override
  public Leader leader(GroupId group) {
    Belief belief = beliefs.get(group);
    return belief == null
        ? new Leader(candidates(group).getFirst(), 0)
        : new Leader(belief.server, belief.epoch);
  }

  private List<ServerId> candidates(GroupId group) {
    Members known = members.get(group);
    return known == null ? everybody : known.leaders;
  }

  @Override
  public List<ServerId> replicas(GroupId group) {
    Members known = members.get(group);
    return known == null ? everybody : known.readers;
  }

  @Override
  public boolean near(ServerId server) {
    return topology.servers().isEmpty() || topology.distance(self, server) < 3;
  }

  @Override
  public boolean votesAreFar(GroupId group) {
    Members known = members.get(group);
    if (known == null || topology.servers().isEmpty()) {
      return false;
    }
    ServerId leader = leader(group).server();
    long close =
        known.set.voters().stream().filter(each -> topology.distance(leader, each) < 3).count();
    return 2 * close <= known.set.voters().size();
  }

  @Override
  public void learned(GroupId group, ServerId server, long epoch) {
    beliefs.put(group, new Belief(server, epoch));
  }

  @Override
  public void failed(GroupId group, ServerId server, @Nullable ServerId hint) {
    beliefs.compute(
        group,
        (id, belief) -> {
          List<ServerId> candidates = candidates(group);
          ServerId asked = belief == null ? candidates.getFirst() : belief.server;
          if (!asked.equals(server)) {
            return belief; // somebody else has learned better in the meantime
          }
          if (hint != null && !hint.equals(server) && everybody.contains(hint)) {
            return new Belief(hint, 0);
          }
          int at = candidates.indexOf(server); // -1: it was a member once
          return new Belief(candidates.get((at + 1) % candidates.size()), 0);
        });
  }

  @Override
  public void directories(List<Directory> hints) {
    Map<GroupId, Directory> strangers = new LinkedHashMap<>();
    List<DirectoryMap.Entry> entries = new ArrayList<>();
    for (Directory hint : hints) {
      GroupId group = new GroupId(hint.getGroup());
      entries.add(
          new DirectoryMap.Entry(Protos.range(hint.getRange()), hint.getGeneration(), group));
      Members known = members.get(group);
      if (known == null || !known.complete) {
        strangers.put(group, hint);
      }
    }
    strangers.forEach(this::meet);
    directories.updateAndGet(map -> map.with(entries));
    if (hints.isEmpty() || !strangers.isEmpty()) {
      refresh.run();
    }
  }

  /** It is asked no more; if nobody is left, everybody is asked, until METADATA says who it is. */
  @Override
  public void noReplica(GroupId group, ServerId server) {
    if (group.equals(GroupId.ZERO)) {
      return; // its members do not change
    }
    members.computeIfPresent(
        group,
        (id, known) -> {
          List<ServerId> leaders = without(known.leaders, server);
          return leaders.isEmpty()
              ? null
              : new Members(false, known.set, leaders, without(known.readers, server));
        });
    refresh.run();
  }

  private static List<ServerId> without(List<ServerId> servers, ServerId gone) {
    return servers.stream().filter(each -> !each.equals(gone)).toList();
  }

  private void meet(GroupId group, Directory hint) {
    if (hint.getServersCount() > 0) {
      List<ServerId> full = hint.getServersList().stream().map(ServerId::new).toList();
      members.merge(
          group,
          membersOf(ReplicaSet.ofFull(full), false),
          (known, fresh) -> known.complete ? known : fresh);
    }
  }
}
