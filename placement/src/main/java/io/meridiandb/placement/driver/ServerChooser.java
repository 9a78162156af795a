package io.meridiandb.placement.driver;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Picks the servers of a group: one for each entry of a placement's lists, never one twice, those
 * that have a replica already before all others, spread over zones, the least loaded first. A pure
 * function of what it is given.
 */
final class ServerChooser {
  /** More voters than that make writes slow and help nobody. */
  static final int VOTERS_MAX = 7;

  private final Topology topology;
  private final Wish wish;
  private final Map<ServerId, String> chosen = new LinkedHashMap<>();

  /**
   * Who is to be picked rather.
   *
   * @param load how many replicas a server has
   * @param present who has replicas of the group; empty for a new one. None of them changes between
   *     having data and being a witness
   * @param gone who is not to be picked
   */
  record Wish(ToLongFunction<ServerId> load, Present present, Set<ServerId> gone) {
    static Wish fresh(ToLongFunction<ServerId> load) {
      return new Wish(load, Present.NOBODY, Set.of());
    }
  }

  /** Who has data, and who only votes. */
  record Present(Set<ServerId> dataHolders, Set<ServerId> witnesses) {
    static final Present NOBODY = new Present(Set.of(), Set.of());

    static Present of(ReplicaSet members) {
      return new Present(members.dataHolders(), members.witnesses());
    }
  }

  private ServerChooser(Topology topology, Wish wish) {
    this.topology = topology;
    this.wish = wish;
  }

  /**
   * Picks.
   *
   * @throws MeridianException INVALID_PARAMETER_VALUE if there are too few servers, or the options
   *     make no sense
   */
  static ReplicaSet choose(Topology topology, PlacementOptions options, Wish wish) {
    check(topology, options);
    ServerChooser chooser = new ServerChooser(topology, wish);
    Set<ServerId> data = wish.present.dataHolders;
    Set<ServerId> witnesses = wish.present.witnesses;
    return ReplicaSet.of(
        chooser.pick("voters", options.voters(), data, witnesses),
        chooser.pick("witnesses", options.witnesses(), witnesses, data),
        chooser.pick("read_only", options.readOnly(), data, witnesses));
  }

  private static void check(Topology topology, PlacementOptions options) {
    if (options.voters().isEmpty()) {
      throw invalid("a placement needs at least one voter", topology);
    }
    int votes = options.voters().size() + options.witnesses().size();
    if (votes > VOTERS_MAX) {
      throw invalid("%d voters and witnesses; %d at most".formatted(votes, VOTERS_MAX), topology);
    }
    String leader = options.leader();
    if (leader != null) {
      List<ServerId> there = topology.at(leader).stream().map(ServerPlace::id).toList();
      boolean possible =
          options.voters().stream()
              .flatMap(entry -> topology.at(entry).stream())
              .anyMatch(server -> there.contains(server.id()));
      if (!possible) {
        throw invalid(
            "the leader is wished for in '%s', where no voter is".formatted(leader), topology);
      }
    }
  }

  private List<ServerId> pick(
      String what, List<String> entries, Set<ServerId> rather, Set<ServerId> never) {
    List<ServerId> picked = new ArrayList<>();
    for (String entry : entries) {
      ServerPlace server =
          topology.at(entry).stream()
              .filter(each -> !chosen.containsKey(each.id()))
              .filter(each -> !never.contains(each.id()) && !wish.gone.contains(each.id()))
              .min(
                  Comparator.<ServerPlace, Boolean>comparing(each -> !rather.contains(each.id()))
                      .thenComparingLong(each -> inZone(each.zone()))
                      .thenComparingLong(each -> wish.load.applyAsLong(each.id()))
                      .thenComparing(ServerPlace::id))
              .orElseThrow(() ->
                  invalid(
                      "%s names '%s', which has no server left for a replica of its own"
                          .formatted(what, entry),
                      topology));
      chosen.put(server.id(), server.zone());
      picked.add(server.id());
    }
    return picked;
  }

  private long inZone(String zone) {
    return chosen.values().stream().filter(zone::equals).count();
  }

  private static MeridianException invalid(String message, Topology topology) {
    List<String> regions = topology.servers().stream().map(ServerPlace::region).distinct().toList();
    return new MeridianException(ErrorCode.INVALID_PARAMETER_VALUE, message)
        .withHint(
            "There are the regions %s with the zones %s."
                .formatted(String.join(", ", regions), String.join(", ", topology.zones())));
  }
}
