package io.meridiandb.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.placement.PlacementOptions.Mode;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Groups whose members change while they are used (DESIGN 4 and 7; protocol C1, G6). */
class MembersTest {
  private static final int CELLS = 40;

  private static PlacementOptions voters(String... places) {
    return new PlacementOptions(null, List.of(places), List.of(), List.of(), Mode.REGIONAL);
  }

  private static long sum(Map<Long, Long> cells) {
    return cells.values().stream().mapToLong(Long::longValue).sum();
  }

  private static ServerId id(long id) {
    return new ServerId(id);
  }

  /** Makes a placement and moves all cells there. */
  private static GroupId placed(TestUniverse universe, PlacementOptions options) {
    GroupId group =
        universe.on(1, () -> universe.node(1).admin().create("p", options)).groups().getFirst();
    universe.on(1, () -> universe.node(1).admin().moveDirectory(Cells.range(0, CELLS), group));
    return group;
  }

  private static GroupInfo info(TestUniverse universe, long from, GroupId group) {
    return universe.on(from, () -> universe.node(from).admin().groups()).stream()
        .filter(each -> each.id().equals(group))
        .findFirst()
        .orElseThrow();
  }

  /** Who is no member any more is told so, sooner or later, and clears its replica away. */
  private static void untilGone(TestUniverse universe, long server, GroupId group) {
    universe.world.runUntil(() -> !universe.node(server).hosts(group), Duration.ofMinutes(3));
  }

  private static boolean alter(TestUniverse universe, long from, PlacementOptions options) {
    return universe.on(
        from,
        () -> {
          universe.node(from).admin().alter("p", options);
          return true;
        });
  }

  /** Nobody of the old members but one stays, whoever has asked them before finds the new ones. */
  @Test
  void anAlteredPlacementGetsItsNewMembersWhileItIsWritten() {
    try (TestUniverse universe = new TestUniverse(11, Long.MAX_VALUE)) {
      Timestamp before = universe.on(1, () -> Cells.fill(universe.node(1).gateway, 0, CELLS, 1));
      GroupId group = placed(universe, voters("west-a", "east-a", "south-a"));
      AtomicBoolean over = new AtomicBoolean();
      int[] written = new int[1];
      universe
          .node(5)
          .env
          .fibers()
          .start(
              "writer",
              () -> {
                while (!over.get()) {
                  Cells.fill(universe.node(5).gateway, 0, CELLS, 2);
                  written[0]++;
                  universe.node(5).env.fibers().sleep(Duration.ofMillis(20));
                }
              });
      alter(universe, 3, voters("west-b", "east-b", "south-a"));
      int atOnce = written[0];
      universe.world.runFor(Duration.ofSeconds(20));
      over.set(true);
      assertThat(written[0]).as("it goes on being written").isGreaterThan(atOnce + 20);
      GroupInfo now = info(universe, 2, group);
      assertThat(now.full()).containsExactly(id(2), id(4), id(5));
      assertThat(now.state()).isEqualTo("OPEN");
      untilGone(universe, 1, group);
      untilGone(universe, 3, group);
      for (long server = 1; server <= 5; server++) {
        long from = server;
        universe.on(
            from,
            () -> {
              assertThat(sum(Cells.read(universe.node(from).gateway, null))).isEqualTo(2 * CELLS);
              assertThat(sum(Cells.read(universe.node(from).gateway, before))).isEqualTo(CELLS);
              return true;
            });
      }
      universe.crash(4); // one of three
      universe.on(1, () -> Cells.fill(universe.node(1).gateway, 0, CELLS, 3));
      assertThat(universe.world.failures()).isEmpty();
    }
  }

  /** All members change at once: proxies that know only the old ones learn of the new ones. */
  @Test
  void everyMemberMayChangeAtOnce() {
    try (TestUniverse universe = new TestUniverse(12, Long.MAX_VALUE)) {
      universe.on(1, () -> Cells.fill(universe.node(1).gateway, 0, CELLS, 1));
      GroupId group = placed(universe, voters("west-a"));
      universe.on(5, () -> Cells.fill(universe.node(5).gateway, 0, CELLS, 2));
      alter(universe, 1, voters("east-b"));
      untilGone(universe, 1, group);
      universe.on(5, () -> Cells.fill(universe.node(5).gateway, 0, CELLS, 3));
      assertThat(info(universe, 2, group).full()).containsExactly(id(4));
      assertThat(universe.world.failures()).isEmpty();
    }
  }

  /**
   * A member that is gone for good is replaced by itself, in the region that the placement says.
   */
  @Test
  void aServerThatStaysAwayIsReplaced() {
    try (TestUniverse universe = new TestUniverse(13, Long.MAX_VALUE)) {
      universe.on(1, () -> Cells.fill(universe.node(1).gateway, 0, CELLS, 1));
      GroupId group = placed(universe, voters("west", "east", "south"));
      List<ServerId> first = info(universe, 5, group).full();
      long victim = first.get(1).value();
      long other = victim == 3 ? 4 : 3;
      universe.crash(victim);
      universe.world.runFor(TestUniverse.REPLACE_AFTER.minusSeconds(10));
      assertThat(info(universe, 5, group).full()).as("not yet").isEqualTo(first);
      universe.world.runFor(Duration.ofSeconds(30));
      GroupInfo now = info(universe, 5, group);
      assertThat(now.full()).contains(id(other)).doesNotContain(id(victim));
      assertThat(now.state()).isEqualTo("OPEN");
      universe.restart(victim);
      untilGone(universe, victim, group);
      universe.on(victim, () -> Cells.fill(universe.node(victim).gateway, 0, CELLS, 2));
      assertThat(universe.world.failures()).isEmpty();
    }
  }

  /** Where there is nobody to stand in, the group keeps the members it has, and works. */
  @Test
  void whoCannotBeReplacedStaysAMember() {
    try (TestUniverse universe = new TestUniverse(14, Long.MAX_VALUE)) {
      universe.on(1, () -> Cells.fill(universe.node(1).gateway, 0, CELLS, 1));
      GroupId group = placed(universe, voters("west", "east", "south"));
      universe.crash(5);
      universe.world.runFor(TestUniverse.REPLACE_AFTER.plusSeconds(30));
      GroupInfo now = info(universe, 2, group);
      assertThat(now.full()).contains(id(5));
      assertThat(now.state()).isEqualTo("OPEN");
      universe.on(2, () -> Cells.fill(universe.node(2).gateway, 0, CELLS, 2));
    }
  }

  @Test
  void whatCannotBeIsRefusedAndNothingChanges() {
    try (TestUniverse universe = new TestUniverse(15, Long.MAX_VALUE)) {
      PlacementOptions witnessed =
          new PlacementOptions(
              null, List.of("west", "east"), List.of("south"), List.of(), Mode.REGIONAL);
      GroupId group =
          universe.on(1, () -> universe.node(1).admin().create("p", witnessed)).groups().getFirst();
      GroupInfo before = info(universe, 2, group);
      assertThatThrownBy(() -> alter(universe, 2, voters("west", "east", "south")))
          .as("the witness would have to become a full replica")
          .isInstanceOf(MeridianException.class)
          .extracting("code")
          .isEqualTo(ErrorCode.INVALID_PARAMETER_VALUE);
      assertThatThrownBy(() ->
              universe.on(
                  2,
                  () -> {
                    universe.node(2).admin().alter("q", witnessed);
                    return true;
                  }))
          .isInstanceOf(MeridianException.class)
          .extracting("code")
          .isEqualTo(ErrorCode.UNDEFINED_OBJECT);
      assertThat(info(universe, 2, group).full()).isEqualTo(before.full());
      assertThat(universe.on(2, () -> universe.node(2).admin().find("p")).options())
          .isEqualTo(witnessed);
    }
  }
}
