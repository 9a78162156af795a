package io.meridiandb.placement.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.placement.PlacementOptions.Mode;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.wire.MeridianException;
import java.util.List;
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
        server -> server.value() == 4 ? 9 : 0);
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
