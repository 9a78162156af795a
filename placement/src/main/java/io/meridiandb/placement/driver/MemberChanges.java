package io.meridiandb.placement.driver;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.membership.ReplicaSet.Kind;
import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.placement.Topology;
import io.meridiandb.placement.driver.ServerChooser.Present;
import io.meridiandb.placement.driver.ServerChooser.Wish;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.placement.metadata.GroupRow;
import io.meridiandb.placement.metadata.GroupRow.State;
import io.meridiandb.placement.metadata.PlacementRow;
import io.meridiandb.placement.metadata.Transactions;
import io.meridiandb.spanserver.proto.ServerStatusReply;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gives groups other members (DESIGN 4 and 7), online: because their placement is to have other
 * replicas, or because a server is gone. Who shall be a member stands in METADATA first; then the
 * new ones are told to join and the group's leader to change its members (protocol C1, G6), again
 * and again until that is done, by whoever began or by the placement driver. Group 0 keeps the
 * members that the universe was made with.
 *
 * <p>Every method waits; callable from any fiber.
 */
final class MemberChanges {
  /** So long an ALTER waits; then the placement driver goes on alone. */
  static final Duration ALTER_MAX = Duration.ofSeconds(60);

  private static final Duration TRANSACTION_MAX = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Env env;
  private final Transactions transactions;
  private final Spanservers spanservers;
  private final Topology topology;
  private final LocationProxy proxy;

  MemberChanges(
      Env env,
      Transactions transactions,
      Spanservers spanservers,
      Topology topology,
      LocationProxy proxy) {
    this.env = env;
    this.transactions = transactions;
    this.spanservers = spanservers;
    this.topology = topology;
    this.proxy = proxy;
  }

  /**
   * Gives a placement other options and its groups the members that follow from them; returns when
   * all groups have them.
   *
   * @throws MeridianException UNDEFINED_OBJECT, INVALID_PARAMETER_VALUE if no servers meet the
   *     options, UNAVAILABLE if it takes longer
   */
  void alter(String name, PlacementOptions options) {
    long end = env.clocks().bootNanos() + ALTER_MAX.toNanos();
    List<GroupRow> changing =
        transactions.write(
            TRANSACTION_MAX,
            transaction -> write(transaction, name, options, spanservers.statuses()));
    for (GroupRow group : changing) {
      String problem = advance(group);
      while (problem != null) {
        if (env.clocks().bootNanos() > end) {
          throw new MeridianException(
                  ErrorCode.UNAVAILABLE,
                  "%s does not have its new members yet: %s".formatted(group.id(), problem))
              .withHint("The placement driver goes on with it; see meridian_sys.groups.");
        }
        env.fibers().sleep(PAUSE);
        problem = advance(group);
      }
    }
  }

  private List<GroupRow> write(
      Transaction transaction,
      String name,
      PlacementOptions options,
      SortedMap<ServerId, ServerStatusReply> statuses) {
    PlacementRow placement = PlacementRow.named(transaction, name, LockMode.EXCLUSIVE);
    new PlacementRow(placement.id(), name, options).put(transaction);
    List<GroupRow> groups = GroupRow.all(transaction, LockMode.EXCLUSIVE);
    List<GroupRow> changing = new ArrayList<>();
    for (GroupRow group : groups) {
      if (group.placementId() == placement.id() && group.state() != State.DROPPED) {
        Present present = present(group, statuses);
        Set<ServerId> down = silent(statuses);
        down.removeAll(present.dataHolders());
        down.removeAll(present.witnesses());
        Wish wish = new Wish(Groups.load(groups), present, down);
        GroupRow wanted = group.changingTo(ServerChooser.choose(topology, options, wish));
        if (group.state() != State.OPEN || !wanted.members().equals(group.members())) {
          wanted.put(transaction);
          changing.add(wanted);
        }
      }
    }
    return changing;
  }

  /** Who has a replica now, or is about to: of a group that is changing its leader must say. */
  private static Present present(GroupRow group, SortedMap<ServerId, ServerStatusReply> statuses) {
    if (group.state() == State.OPEN) {
      return Present.of(group.members());
    }
    ReplicaSet now = Spanservers.members(statuses, group.id());
    if (group.state() == State.CREATING || now == null) {
      throw new MeridianException(
          ErrorCode.UNAVAILABLE,
          "%s is still being made, or changed: try again in a moment".formatted(group.id()));
    }
    Set<ServerId> data = new TreeSet<>(now.dataHolders());
    Set<ServerId> witnesses = new TreeSet<>(now.witnesses());
    data.addAll(group.members().dataHolders());
    witnesses.addAll(group.members().witnesses());
    return new Present(data, witnesses);
  }

  private Set<ServerId> silent(SortedMap<ServerId, ServerStatusReply> statuses) {
    Set<ServerId> silent = new TreeSet<>();
    topology.servers().forEach(server -> silent.add(server.id()));
    silent.removeAll(statuses.keySet());
    return silent;
  }

  /**
   * Writes down who shall stand in for members that are gone.
   *
   * @param gone who will not come back soon
   * @param silent who does not answer now, {@code gone} among them: none of them is picked
   * @throws MeridianException INVALID_PARAMETER_VALUE if there is no server to spare where the
   *     placement wants one
   */
  void replace(GroupId id, Set<ServerId> gone, Set<ServerId> silent) {
    transactions.change(
        TRANSACTION_MAX,
        transaction -> {
          GroupRow group = GroupRow.find(transaction, id, LockMode.EXCLUSIVE);
          if (group == null || group.state() != State.OPEN) {
            return;
          }
          PlacementOptions options =
              PlacementRow.all(transaction, LockMode.SHARED).stream()
                  .filter(row -> row.id() == group.placementId())
                  .findFirst()
                  .orElseThrow()
                  .options();
          Set<ServerId> never = new TreeSet<>(silent);
          never.removeAll(group.members().all()); // who is only slow to answer stays
          never.addAll(gone);
          Wish wish =
              new Wish(
                  Groups.load(GroupRow.all(transaction, LockMode.SHARED)),
                  Present.of(group.members()),
                  never);
          group.changingTo(ServerChooser.choose(topology, options, wish)).put(transaction);
        });
  }

  /**
   * Takes a group that is CHANGING as far towards its new members as can be now.
   *
   * @return why they are not its members yet; null if they are, or if others are wanted meanwhile
   */
  @Nullable String advance(GroupRow group) {
    if (!isStillWanted(group)) {
      return null; // whoever wanted the others sees to it: two would undo each other's work
    }
    SortedMap<ServerId, ServerStatusReply> statuses = spanservers.statuses();
    ServerId leader = Spanservers.leader(statuses, group.id());
    ReplicaSet present = Spanservers.members(statuses, group.id());
    if (leader == null || present == null) {
      return "nobody leads it";
    }
    ReplicaSet target = group.members();
    String problem = spanservers.join(group.id(), present, joining(present, target));
    if (problem == null) {
      problem = spanservers.changeMembers(leader, group.id(), target);
    }
    if (problem == null) {
      env.events().count("placement.members.changed", 1);
      proxy.learnedMembers(group.id(), target);
      transactions.change(
          TRANSACTION_MAX,
          transaction -> {
            GroupRow now = GroupRow.find(transaction, group.id(), LockMode.EXCLUSIVE);
            if (now != null && now.equals(group)) {
              now.in(State.OPEN).put(transaction);
            }
          });
    }
    return problem;
  }

  private boolean isStillWanted(GroupRow group) {
    return transactions.read(
        TRANSACTION_MAX,
        transaction -> group.equals(GroupRow.find(transaction, group.id(), LockMode.NONE)));
  }

  private static SortedMap<ServerId, Kind> joining(ReplicaSet present, ReplicaSet target) {
    SortedMap<ServerId, Kind> joining = new TreeMap<>();
    for (ServerId server : target.all()) {
      Kind kind = target.kindOf(server);
      if (kind != null && !present.all().contains(server)) {
        joining.put(server, kind);
      }
    }
    return joining;
  }
}
