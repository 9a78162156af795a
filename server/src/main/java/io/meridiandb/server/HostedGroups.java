package io.meridiandb.server;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.paxos.replica.ReplicaHost;
import io.meridiandb.paxos.replica.StateMachine;
import io.meridiandb.spanserver.directory.GroupOpener;
import io.meridiandb.spanserver.directory.LocalGroup;
import io.meridiandb.spanserver.directory.LocalGroups;
import io.meridiandb.spanserver.group.HostedReplica;
import io.meridiandb.spanserver.group.ServerGroups;
import io.meridiandb.spanserver.group.TabletGroup;
import io.meridiandb.truetime.TrueTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The groups that have a replica on this server: those that its log remembers, and those that are
 * made while it runs. A replica with data has a tablet, a witness has none (DESIGN 4).
 *
 * <p>{@link #open} is called on a fiber, everything else on the server strand.
 */
final class HostedGroups implements LocalGroups, GroupOpener {
  private static final Duration OPEN_MAX = Duration.ofSeconds(50);

  /** Is told, on the strand, that a group has stopped on this server. */
  private final TabletGroup.StopListener stopListener;

  private final Env env;
  private final TrueTime trueTime;
  private final Strand strand;
  private final ServerId self;
  private final ServerGroups groups;
  private final ReplicaHost host;
  private final NodeParts parts;
  private final Map<GroupId, HostedReplica> served = new TreeMap<>();

  /** The values of {@link #served}, made anew when they change: they are looked at all the time. */
  private List<HostedReplica> hosted = List.of();

  private final Map<GroupId, CompletableFuture<Void>> opening = new TreeMap<>();

  /** The data of these is being deleted. */
  private final Set<GroupId> leaving = new TreeSet<>();

  /** What the groups of a server stand on. */
  record Ground(
      Env env,
      TrueTime trueTime,
      Strand strand,
      ServerId self,
      ServerGroups groups,
      ReplicaHost host,
      NodeParts parts) {}

  HostedGroups(Ground ground, TabletGroup.StopListener stopListener) {
    this.env = ground.env;
    this.trueTime = ground.trueTime;
    this.strand = ground.strand;
    this.self = ground.self;
    this.groups = ground.groups;
    this.host = ground.host;
    this.parts = ground.parts;
    this.stopListener = stopListener;
  }

  /**
   * Opens this server's replica of a group; nothing happens if it is open. May wait for the disk.
   *
   * @param members the group's members if this server's log knows none; a server that stands in no
   *     set is about to join, and gets the data
   * @throws UncheckedIOException if the disk cannot be read
   */
  @Override
  public void open(GroupId group, ReplicaSet members) {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<@Nullable CompletableFuture<Void>> claimed = new CompletableFuture<>();
    boolean witness = members.kindOf(self) == ReplicaSet.Kind.WITNESS;
    strand.execute(() -> claimed.complete(claim(group, witness, mine)));
    CompletableFuture<Void> others = env.fibers().await(claimed, OPEN_MAX);
    if (others != null) {
      env.fibers().await(others, OPEN_MAX);
      return;
    }
    try {
      TabletGroup tablet = witness ? null : groups.open(group);
      strand.execute(() -> begin(group, members, tablet, mine));
      env.fibers().await(mine, OPEN_MAX);
    } catch (IOException e) {
      throw new UncheckedIOException("the tablet of %s cannot be opened".formatted(group), e);
    } finally {
      mine.completeExceptionally(new IOException(group + " could not be opened"));
      strand.execute(() -> opening.remove(group, mine));
    }
  }

  /** Null if the caller is to open it; otherwise what to wait for. */
  private @Nullable CompletableFuture<Void> claim(
      GroupId group, boolean witness, CompletableFuture<Void> mine) {
    HostedReplica here = served.get(group);
    if (here != null) {
      boolean asWanted = witness == (here.tablet() == null);
      return asWanted
          ? CompletableFuture.completedFuture(null)
          : CompletableFuture.failedFuture(
              new IOException(
                  "an earlier replica of %s, %s data, is not cleared away yet"
                      .formatted(group, witness ? "with" : "without")));
    }
    if (leaving.contains(group)) {
      return CompletableFuture.failedFuture(
          new IOException("an earlier replica of %s is being cleared away".formatted(group)));
    }
    return opening.putIfAbsent(group, mine);
  }

  private void begin(
      GroupId group,
      ReplicaSet members,
      @Nullable TabletGroup tablet,
      CompletableFuture<Void> done) {
    try {
      Replica replica;
      if (tablet == null) {
        replica = host.openWitness(group, members);
      } else {
        StateMachine machine = parts.machine(group, tablet);
        replica = parts.replica(host.open(group, members, machine, LeaderPreference.NONE));
        tablet.bind(replica);
        tablet.onStop(stopListener);
        groups.serve(tablet);
      }
      served.put(group, new HostedReplica(trueTime, replica, tablet));
      hosted = List.copyOf(served.values());
      done.complete(null);
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
  }

  /**
   * Nobody needs this server's replica of the group any more: it goes. First, durably, from the
   * log, which remembers what it had voted for; then its data. A crash in between leaves files that
   * the next start deletes ({@link #discardLeftovers}).
   */
  void remove(GroupId group) {
    if (served.remove(group) == null) {
      return; // told again
    }
    hosted = List.copyOf(served.values());
    env.events().count("server.replicas.removed", 1);
    env.events()
        .event(
            Level.INFO,
            "server",
            "%s has no replica on this server any more: its log and its data are deleted"
                .formatted(group));
    leaving.add(group);
    CompletableFuture<Void> logged = host.close(group);
    TabletGroup tablet = groups.forget(group);
    logged
        .thenCompose(done -> tablet == null ? logged : tablet.tablet().discard())
        .whenComplete((done, error) -> {
          if (error != null) {
            env.events().failure("server", "the data of %s is not deleted".formatted(group), error);
          }
          strand.execute(() -> leaving.remove(group));
        });
  }

  /** Deletes what a crash has left of replicas that were removed; waits for the disk. */
  void discardLeftovers(List<GroupId> removed) {
    for (GroupId group : removed) {
      try {
        groups.discardLeftovers(group);
      } catch (IOException e) {
        throw new UncheckedIOException("what is left of %s cannot be deleted".formatted(group), e);
      }
    }
  }

  @Override
  public @Nullable LocalGroup find(GroupId group) {
    return served.get(group);
  }

  @Override
  public List<LocalGroup> all() {
    return List.copyOf(served.values());
  }

  /** The replicas, by their groups' ids, to be looked at. */
  List<HostedReplica> hosted() {
    return hosted;
  }

  /** The tablets are closed: nothing can be told of them any more. */
  void forget() {
    served.clear();
    hosted = List.of();
  }

  /** How each replica is now. */
  List<NodeStatus.GroupStatus> status() {
    List<NodeStatus.GroupStatus> list = new ArrayList<>();
    for (HostedReplica each : served.values()) {
      Replica replica = each.replica();
      list.add(
          new NodeStatus.GroupStatus(
              replica.group(),
              replica.members(),
              replica.leaderHint(),
              replica.leaseValidNow(),
              replica.ballot(),
              replica.appliedIndex(),
              each.tablet() != null && each.tablet().stopped(),
              replica.lags()));
    }
    return list;
  }
}
