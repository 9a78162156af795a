package io.meridiandb.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.placement.PlacementOptions.Mode;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.gateway.Transaction;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Masters by lease rows, the balancer, and owners locked for DDL (DESIGN 7, protocol C5). */
class MastersTest {
  private static final PlacementOptions ACROSS =
      new PlacementOptions(
          "east", List.of("west", "east", "south"), List.of(), List.of(), Mode.REGIONAL);

  @Test
  void everyZoneHasAMasterAndADeadOneIsReplaced() {
    try (TestUniverse universe = new TestUniverse(1, Long.MAX_VALUE)) {
      universe.world.runFor(Duration.ofSeconds(3));
      assertThat(universe.on(2, () -> universe.node(2).admin().zones()))
          .hasSize(5)
          .allSatisfy(zone -> {
            assertThat(zone.zonemaster()).isNotNull();
            assertThat(zone.up()).isEqualTo(1);
          });
      universe.crash(4);
      universe.world.runFor(Duration.ofSeconds(6));
      List<ZoneInfo> zones = universe.on(2, () -> universe.node(2).admin().zones());
      assertThat(zones)
          .filteredOn(zone -> zone.name().equals("east-b"))
          .singleElement()
          .satisfies(zone -> {
            assertThat(zone.up()).isZero();
            assertThat(zone.zonemaster()).as("its only candidate is dead").isNull();
          });
      assertThat(universe.on(2, () -> universe.node(2).admin().servers()))
          .filteredOn(server -> !server.up())
          .singleElement()
          .satisfies(server -> assertThat(server.place().id()).isEqualTo(new ServerId(4)));
      assertThat(universe.world.failures()).isEmpty();
    }
  }

  @Test
  void aGroupThatIsTooFullGivesDirectoriesToANewOne() {
    try (TestUniverse universe = new TestUniverse(2, 4_000)) {
      PlacementInfo placement = universe.on(1, () -> universe.node(1).admin().create("p", ACROSS));
      universe.on(
          1,
          () -> {
            PlacementAdmin admin = universe.node(1).admin();
            admin.assign(Cells.range(0, 1_000), placement.id());
            Cells.fill(universe.node(1).gateway, 0, 400, 5);
            admin.split(Cells.key(100));
            admin.split(Cells.key(200));
            return true;
          });
      universe.world.runFor(Duration.ofSeconds(8));
      universe.on(
          3,
          () -> {
            PlacementAdmin admin = universe.node(3).admin();
            PlacementInfo now = admin.find("p");
            assertThat(now).isNotNull();
            assertThat(now.groups()).hasSizeGreaterThan(1);
            assertThat(
                    admin.directories().stream()
                        .filter(each -> each.id() != 0)
                        .map(DirectoryInfo::group)
                        .distinct())
                .hasSizeGreaterThan(1)
                .isSubsetOf(now.groups());
            assertThat(Cells.read(universe.node(3).gateway, null)).hasSize(400);
            return true;
          });
      assertThat(universe.world.failures()).isEmpty();
    }
  }

  @Test
  void ownersThatAreLockedKeepWhatTheyOwnUntilTheTransactionEnds() {
    try (TestUniverse universe = new TestUniverse(3, Long.MAX_VALUE)) {
      GroupId group =
          universe.on(1, () -> universe.node(1).admin().create("p", ACROSS)).groups().getFirst();
      universe.on(1, () -> Cells.fill(universe.node(1).gateway, 0, 100, 1));
      universe.on(1, () -> universe.node(1).admin().moveDirectory(Cells.range(10, 20), group));
      boolean[] moved = new boolean[1];
      Transaction ddl = universe.on(3, () -> Cells.begin(universe.node(3).gateway));
      universe.on(
          3,
          () -> {
            assertThat(universe.node(3).admin().lockOwners(ddl, Cells.ALL))
                .containsExactly(GroupId.ZERO, group);
            return true;
          });
      universe
          .node(5)
          .env
          .fibers()
          .start(
              "mover",
              () -> {
                universe.node(5).admin().moveDirectory(Cells.range(50, 60), group);
                moved[0] = true;
              });
      universe.world.runFor(Duration.ofSeconds(2));
      assertThat(moved[0]).isFalse();
      universe.on(
          3,
          () -> {
            Cells.put(ddl, 5, 7);
            return ddl.commit(SchemaVersion.EXEMPT);
          });
      universe.world.runFor(Duration.ofSeconds(10));
      assertThat(moved[0]).isTrue();
      assertThat(universe.world.failures()).isEmpty();
    }
  }
}
