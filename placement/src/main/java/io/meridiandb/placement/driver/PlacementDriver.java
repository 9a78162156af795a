package io.meridiandb.placement.driver;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.placement.master.MasterElection;
import io.meridiandb.placement.metadata.GroupRow;
import io.meridiandb.placement.metadata.GroupRow.State;
import io.meridiandb.placement.metadata.MoveRow;
import io.meridiandb.spanserver.proto.ServerStatusReply;
import io.meridiandb.txn.LockMode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The placement driver's duty (Spanner OSDI'12 2): finishes groups and moves that METADATA says
 * were begun, brings leaders where they were wished for, and takes directories off groups that are
 * too full. Everything it does is safe to do twice and by two at once.
 */
public final class PlacementDriver implements MasterElection.Duty {
  /** How often a server must not answer before its moves are taken over. */
  private static final int MISSED_MAX = 3;

  private final Env env;
  private final PlacementControl control;
  private final PlacementControl.Parts parts;
  private final Topology topology;
  private final PlacementRoles.Options options;
  private final Silence silence = new Silence();
  private final Map<String, Integer> missed = new TreeMap<>();
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  /**
   * Drives through a server's administration.
   *
   * @param options of which {@code overfullBytes} may be {@link Long#MAX_VALUE}: then no group
   *     gives directories away
   */
  PlacementDriver(
      Env env, PlacementControl control, Topology topology, PlacementRoles.Options options) {
    this.env = env;
    this.control = control;
    this.parts = control.parts();
    this.topology = topology;
    this.options = options;
  }

  private record Work(List<GroupRow> groups, List<MoveRow> moves) {}

  @Override
  public void run() {
    Work work =
        parts
            .transactions()
            .read(
                PlacementControl.TRANSACTION_MAX,
                transaction ->
                    new Work(
                        GroupRow.all(transaction, LockMode.NONE),
                        MoveRow.all(transaction, LockMode.NONE).stream()
                            .filter(MoveRow::moving)
                            .toList()));
    SortedMap<ServerId, ServerStatusReply> statuses = parts.spanservers().statuses();
    for (GroupRow group : work.groups) {
      if (group.state() == State.CREATING) {
        aside("create " + group.id(), () -> parts.groups().announce(group));
      } else if (group.state() == State.CHANGING) {
        aside("change members of " + group.id(), () -> changeMembers(group));
      }
    }
    replaceWhoIsGone(work.groups, statuses.keySet());
    for (MoveRow move : work.moves) {
      if (isOrphan(move, statuses)) {
        aside("move " + move.info().id(), () -> parts.directories().takeOver(move));
      }
    }
    leaders(work.groups, statuses);
    if (options.overfullBytes() != Long.MAX_VALUE && work.moves.isEmpty()) {
      aside("balance", this::balance);
    }
  }

  private void changeMembers(GroupRow group) {
    String problem = parts.memberChanges().advance(group);
    if (problem != null) {
      env.events()
          .event(
              Level.INFO,
              "placement.driver",
              "%s does not have its new members yet: %s".formatted(group.id(), problem));
    }
  }

  /** Groups with a member on a server that is gone for long get another, if there is one. */
  private void replaceWhoIsGone(List<GroupRow> groups, Set<ServerId> answering) {
    long now = env.clocks().bootNanos();
    List<ServerId> all = topology.servers().stream().map(ServerPlace::id).toList();
    silence.look(all, answering, now);
    Set<ServerId> gone = silence.silentFor(options.replaceAfter(), now);
    Set<ServerId> silent = silence.silent();
    for (GroupRow group : groups) {
      if (group.state() == State.OPEN && group.members().all().stream().anyMatch(gone::contains)) {
        aside(
            "replace members of " + group.id(),
            () -> parts.memberChanges().replace(group.id(), gone, silent));
      }
    }
  }

  /** Long work runs beside the election, one of a kind at a time. */
  private void aside(String what, Runnable work) {
    if (!busy.add(what)) {
      return;
    }
    env.fibers()
        .start(
            "placement-driver " + what,
            () -> {
              try {
                work.run();
              } catch (MeridianException e) {
                env.events().event(Level.WARNING, "placement.driver", what + ": " + e.getMessage());
              } finally {
                busy.remove(what);
              }
            });
  }

  /** Whether nobody works at a move any more. */
  private boolean isOrphan(MoveRow move, SortedMap<ServerId, ServerStatusReply> statuses) {
    if (parts.directories().isRunning(move)) {
      return false;
    }
    for (Map.Entry<ServerId, ServerStatusReply> each : statuses.entrySet()) {
      String name =
          PlacementControl.driverName(each.getKey().value(), each.getValue().getIncarnation());
      if (name.equals(move.driver())) {
        missed.remove(move.driver());
        return parts.directories().isMine(move);
      }
    }
    return missed.merge(move.driver(), 1, Integer::sum) >= MISSED_MAX;
  }

  private void leaders(List<GroupRow> groups, SortedMap<ServerId, ServerStatusReply> statuses) {
    List<PlacementInfo> placements = List.of();
    for (GroupRow group : groups) {
      ServerId leader = Spanservers.leader(statuses, group.id());
      if (leader == null || group.state() == State.DROPPED) {
        continue;
      }
      if (placements.isEmpty()) {
        placements = control.placements();
      }
      for (PlacementInfo placement : placements) {
        if (placement.id() == group.placementId()) {
          parts.groups().prefer(group, placement.options(), leader, statuses.keySet());
        }
      }
    }
  }

  private void balance() {
    Balancer.Advice advice =
        Balancer.advise(control.groups(), control.directories(), options.overfullBytes());
    if (advice == null) {
      return;
    }
    GroupId destination = advice.destination();
    if (advice.directory() == null || destination == null) {
      PlacementInfo placement = control.find(advice.placement());
      if (placement != null) {
        parts.groups().grow(placement);
      }
      return;
    }
    env.events().count("placement.balance", 1);
    control.moveDirectory(advice.directory().range(), destination);
  }
}
