package io.meridiandb.placement.driver;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.placement.driver.ServerChooser.Wish;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.placement.metadata.GroupRow;
import io.meridiandb.placement.metadata.GroupRow.State;
import io.meridiandb.placement.metadata.MetadataRow;
import io.meridiandb.placement.metadata.PlacementRow;
import io.meridiandb.placement.metadata.Rows;
import io.meridiandb.placement.metadata.Transactions;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes placements and their groups. What is to be stands in METADATA first; then the members are
 * told, again and again until all have their replica, by whoever began or by the placement driver.
 * Every method waits.
 */
final class Groups {
  static final String PLACEMENT_COUNTER = "placement_id";
  static final String GROUP_COUNTER = "group_id";

  private static final Duration TRANSACTION_MAX = Duration.ofSeconds(30);
  private static final Duration READY_MAX = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Env env;
  private final Transactions transactions;
  private final Spanservers spanservers;
  private final Topology topology;
  private final LocationProxy proxy;

  Groups(
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

  /** A placement and its first group. */
  private record Created(PlacementRow placement, GroupRow group) {}

  PlacementInfo create(String name, PlacementOptions options) {
    Created created =
        transactions.write(TRANSACTION_MAX, transaction -> write(transaction, name, options));
    GroupRow group = created.group;
    proxy.learnedMembers(group.id(), group.members());
    long end = env.clocks().bootNanos() + READY_MAX.toNanos();
    while (!announce(group)) {
      if (env.clocks().bootNanos() > end) {
        throw new MeridianException(
                ErrorCode.UNAVAILABLE,
                "most servers of the new placement \"%s\" do not answer".formatted(name))
            .withHint("It exists, and will be usable once they do.");
      }
      env.fibers().sleep(PAUSE);
    }
    awaitLeader(group, options, end);
    return new PlacementInfo(created.placement.id(), name, options, List.of(created.group.id()));
  }

  private Created write(Transaction transaction, String name, PlacementOptions options) {
    boolean taken =
        name.equals(PlacementInfo.DEFAULT_NAME)
            || PlacementRow.all(transaction, LockMode.EXCLUSIVE).stream()
                .anyMatch(row -> row.name().equals(name));
    if (taken) {
      throw new MeridianException(
          ErrorCode.DUPLICATE_OBJECT, "placement \"%s\" exists already".formatted(name));
    }
    List<GroupRow> groups = GroupRow.all(transaction, LockMode.EXCLUSIVE);
    PlacementRow placement =
        new PlacementRow(Rows.take(transaction, PLACEMENT_COUNTER, 1), name, options);
    GroupRow group =
        new GroupRow(
            new GroupId(Rows.take(transaction, GROUP_COUNTER, 1)),
            placement.id(),
            State.CREATING,
            ServerChooser.choose(topology, options, Wish.fresh(load(groups))));
    placement.put(transaction);
    group.put(transaction);
    return new Created(placement, group);
  }

  /** Gives a placement one more group. */
  GroupRow grow(PlacementInfo placement) {
    GroupRow group =
        transactions.write(
            TRANSACTION_MAX,
            transaction -> {
              List<GroupRow> groups = GroupRow.all(transaction, LockMode.EXCLUSIVE);
              GroupRow fresh =
                  new GroupRow(
                      new GroupId(Rows.take(transaction, GROUP_COUNTER, 1)),
                      placement.id(),
                      State.CREATING,
                      ServerChooser.choose(
                          topology, placement.options(), Wish.fresh(load(groups))));
              fresh.put(transaction);
              return fresh;
            });
    proxy.learnedMembers(group.id(), group.members());
    announce(group);
    return group;
  }

  /** How many replicas each server has. */
  static ToLongFunction<ServerId> load(List<GroupRow> groups) {
    return server ->
        groups.stream()
            .filter(group -> group.state() != State.DROPPED)
            .filter(group -> group.members().all().contains(server))
            .count();
  }

  /**
   * Tells all members to have their replica, and writes it down when all do.
   *
   * @return whether a majority of the voters has it
   */
  boolean announce(GroupRow group) {
    SortedSet<ServerId> have = spanservers.create(group.id(), group.members());
    if (have.equals(group.members().all())) {
      transactions.change(
          TRANSACTION_MAX,
          transaction -> {
            GroupRow now = GroupRow.find(transaction, group.id(), LockMode.EXCLUSIVE);
            if (now != null && now.state() == State.CREATING) {
              now.in(State.OPEN).put(transaction);
            }
          });
    }
    long voting = have.stream().filter(group.members().voters()::contains).count();
    return 2 * voting > group.members().voters().size();
  }

  /** Waits until the group is led, where that was wished for if that is soon possible. */
  private void awaitLeader(GroupRow group, PlacementOptions options, long end) {
    while (true) {
      ServerId leader =
          Spanservers.leader(spanservers.statuses(List.copyOf(group.members().full())), group.id());
      if (leader != null) {
        proxy.learned(group.id(), leader, 0);
        prefer(group, options, leader, group.members().full());
        return;
      }
      if (env.clocks().bootNanos() > end) {
        throw new MeridianException(
            ErrorCode.UNAVAILABLE, "%s has no leader yet".formatted(group.id()));
      }
      env.fibers().sleep(PAUSE);
    }
  }

  /**
   * Asks for a hand-over if somebody leads where it was not wished for.
   *
   * @param up who may be asked to lead
   */
  void prefer(GroupRow group, PlacementOptions options, ServerId leader, Collection<ServerId> up) {
    ServerId better = preferred(group, options, leader, up);
    if (better != null) {
      spanservers.handOver(leader, group.id(), better);
      env.events().count("placement.hand.over", 1);
    }
  }

  private @Nullable ServerId preferred(
      GroupRow group, PlacementOptions options, ServerId leader, Collection<ServerId> up) {
    String wished = options.leader();
    if (wished == null) {
      return null;
    }
    List<ServerId> there = topology.at(wished).stream().map(ServerPlace::id).toList();
    if (there.contains(leader)) {
      return null;
    }
    return group.members().full().stream()
        .filter(there::contains)
        .filter(up::contains)
        .findFirst()
        .orElse(null);
  }

  void drop(String name) {
    transactions.change(
        TRANSACTION_MAX,
        transaction -> {
          PlacementRow placement = PlacementRow.named(transaction, name, LockMode.EXCLUSIVE);
          long used =
              MetadataRow.all(transaction, LockMode.SHARED).stream()
                  .filter(row -> row.placementId() == placement.id())
                  .count();
          if (used > 0) {
            throw new MeridianException(
                    ErrorCode.DEPENDENT_OBJECTS,
                    "%d directories belong to placement \"%s\"".formatted(used, name))
                .withHint("Move them to another placement first.");
          }
          placement.delete(transaction);
          for (GroupRow group : GroupRow.all(transaction, LockMode.EXCLUSIVE)) {
            if (group.placementId() == placement.id()) {
              group.in(State.DROPPED).put(transaction);
            }
          }
        });
  }
}
