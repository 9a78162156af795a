package io.meridiandb.placement.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.placement.PlacementOptions.Mode;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.placement.driver.ServerChooser.Present;
import io.meridiandb.placement.driver.ServerChooser.Wish;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One server for each entry, none twice, spread over zones, the least loaded first. */
class ServerChooserTest {
  private static final Topology TOPOLOGY =
      new Topology(
          List.of(
              place(1, "west", "a"),
              place(2, "west", "a"),
              place(3, "west", "b"),
              place(4, "east", "c"),
              place(5, "east", "c")));

  private static ServerPlace place(long id, String region, String zone) {
    return new ServerPlace(new ServerId(id), "s" + id, region, zone);
  }

  private static ReplicaSet choose(
      String leader, List<String> voters, List<String> witnesses, List<String> readOnly) {
    return ServerChooser.choose(
        TOPOLOGY,
        new PlacementOptions(
            leader.isEmpty() ? null : leader, voters, witnesses, readOnly, Mode.REGIONAL),
        Wish.fresh(ServerChooserTest::load));
  }

  private static long load(ServerId server) {
    return server.value() == 4 ? 9 : 0;
  }

  private static void refused(String what, Runnable choice) {
    assertThatThrownBy(choice::run)
        .isInstanceOf(MeridianException.class)
        .hasMessageContaining(what);
  }

  @Test
  void entriesOfARegionAreSpreadOverItsZones() {
    ReplicaSet set = choose("west", List.of("west", "west", "east"), List.of(), List.of());
    assertThat(set.full()).containsExactly(new ServerId(1), new ServerId(3), new ServerId(5));
  }

  @Test
  void noServerHasTwoReplicasAndEveryTypeCounts() {
    ReplicaSet set = choose("", List.of("a", "c"), List.of("a"), List.of("c"));
    assertThat(set)
        .isEqualTo(
            ReplicaSet.of(
                List.of(new ServerId(1), new ServerId(5)),
                List.of(new ServerId(2)),
                List.of(new ServerId(4))));
  }

  /** So that as few replicas as possible are copied. */
  @Test
  void whoHasAReplicaKeepsItAndWhoIsGoneGetsNone() {
    PlacementOptions options =
        new PlacementOptions(
            null, List.of("west", "east"), List.of("west"), List.of(), Mode.REGIONAL);
    Present present =
        new Present(Set.of(new ServerId(3), new ServerId(4)), Set.of(new ServerId(2)));
    assertThat(chosen(options, present, Set.of())).isEqualTo(set(List.of(3, 4), List.of(2)));
    assertThat(chosen(options, present, Set.of(new ServerId(4))))
        .isEqualTo(set(List.of(3, 5), List.of(2)));
    assertThat(chosen(options, present, Set.of(new ServerId(3))))
        .as("a witness does not become a full replica")
        .isEqualTo(set(List.of(1, 4), List.of(2)));
  }

  private static ReplicaSet chosen(PlacementOptions options, Present present, Set<ServerId> gone) {
    return ServerChooser.choose(
        TOPOLOGY, options, new Wish(ServerChooserTest::load, present, gone));
  }

  private static ReplicaSet set(List<Integer> full, List<Integer> witnesses) {
    return ReplicaSet.of(
        full.stream().map(ServerId::new).toList(),
        witnesses.stream().map(ServerId::new).toList(),
        List.of());
  }

  @Test
  void whatCannotBeIsRefusedInPlainWords() {
    refused("at least one voter", () -> choose("", List.of(), List.of(), List.of()));
    refused("no server left", () -> choose("", List.of("b", "b"), List.of(), List.of()));
    refused("'mars'", () -> choose("", List.of("mars"), List.of(), List.of()));
    refused("where no voter is", () -> choose("east", List.of("west"), List.of(), List.of()));
    List<String> eight = List.of("a", "a", "b", "c", "c", "a", "a", "a");
    refused("at most", () -> choose("", eight, List.of(), List.of()));
  }
}
