package io.meridiandb.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.core.VoterLag;
import io.meridiandb.placement.PlacementOptions.Mode;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Placements, groups, directories and their moves over real groups (protocol C5, G23). */
class PlacementTest {
  private static final PlacementOptions IN_EAST =
      new PlacementOptions(
          "east", List.of("east", "east", "west"), List.of(), List.of("south"), Mode.REGIONAL);
  private static final PlacementOptions WITH_WITNESS =
      new PlacementOptions(
          "west", List.of("west", "east"), List.of("south"), List.of(), Mode.REGIONAL);

  private static long sum(Map<Long, Long> cells) {
    return cells.values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void aPlacementGetsAGroupWhereItsOptionsSay() {
    try (TestUniverse universe = new TestUniverse(1, Long.MAX_VALUE)) {
      PlacementInfo east = universe.on(1, () -> universe.node(1).admin().create("e", IN_EAST));
      assertThat(east.id()).isEqualTo(1);
      GroupInfo group =
          universe.on(5, () -> universe.node(5).admin().groups()).stream()
              .filter(each -> each.id().equals(east.groups().getFirst()))
              .findFirst()
              .orElseThrow();
      assertThat(group.full()).containsExactlyInAnyOrder(id(1), id(3), id(4));
      assertThat(group.readOnly()).containsExactly(id(5));
      assertThat(group.state()).isEqualTo("OPEN");
      universe.world.runFor(Duration.ofSeconds(5));
      assertThat(leader(universe, east.groups().getFirst())).isIn(id(3), id(4));
      assertThat(universe.on(2, () -> universe.node(2).admin().find("e"))).isEqualTo(east);
      assertThatThrownBy(
              () -> universe.on(2, () -> universe.node(2).admin().create("e", WITH_WITNESS)))
          .isInstanceOf(MeridianException.class)
          .extracting("code")
          .isEqualTo(ErrorCode.DUPLICATE_OBJECT);
      universe.on(
          2,
          () -> {
            universe.node(2).admin().drop("e");
            return true;
          });
      assertThat(universe.on(2, () -> universe.node(2).admin().find("e"))).isNull();
      assertThat(universe.world.failures()).isEmpty();
    }
  }

  /** DESIGN 4: a voter that lags too far is reported, also if it does not answer itself. */
  @Test
  void aVoterThatLagsTooFarIsReportedForReplacement() {
    try (TestUniverse universe = new TestUniverse(3, Long.MAX_VALUE)) {
      VoterLag edge = new VoterLag(id(5), VoterLag.BYTES_MAX, VoterLag.AGE_MAX);
      assertThat(advice(universe, edge)).as("at the edge").isEmpty();
      VoterLag far = new VoterLag(id(5), VoterLag.BYTES_MAX + 1, VoterLag.AGE_MAX);
      assertThat(advice(universe, far)).containsExactly(far.toString());
      universe.crash(5);
      universe.world.runFor(Duration.ofSeconds(2));
      assertThat(advice(universe, far)).as("it does not answer").containsExactly(far.toString());
    }
  }

  private static List<String> advice(TestUniverse universe, VoterLag lag) {
    for (long server = 1; server <= 4; server++) {
      universe.node(server).late = lag;
    }
    return universe.on(2, () -> universe.node(2).admin().groups()).stream()
        .flatMap(group -> group.replicas().stream())
        .filter(replica -> replica.server().equals(id(5)))
        .map(ReplicaInfo::advice)
        .filter(Objects::nonNull)
        .toList();
  }

  private static ServerId id(long id) {
    return new ServerId(id);
  }

  private static ServerId leader(TestUniverse universe, GroupId group) {
    return universe.on(2, () -> universe.node(2).admin().groups()).stream()
        .filter(each -> each.id().equals(group))
        .findFirst()
        .orElseThrow()
        .leader();
  }

  @Test
  void aDirectoryMovesWithItsHistory() {
    try (TestUniverse universe = new TestUniverse(2, Long.MAX_VALUE)) {
      Timestamp[] at = new Timestamp[2];
      universe.on(
          1,
          () -> {
            at[0] = Cells.fill(universe.node(1).gateway, 0, 300, 1);
            at[1] = Cells.fill(universe.node(1).gateway, 100, 200, 2);
            return true;
          });
      GroupId group =
          universe
              .on(1, () -> universe.node(1).admin().create("w", WITH_WITNESS))
              .groups()
              .getFirst();
      MoveReport report =
          universe.on(3, () -> universe.node(3).admin().moveDirectory(Cells.range(50, 250), group));
      assertThat(report.rows()).isEqualTo(300);
      assertThat(report.blockedMicros()).isPositive().isLessThan(1_000_000);
      for (long server : List.of(1L, 2L, 5L)) {
        universe.on(
            server,
            () -> {
              assertThat(sum(Cells.read(universe.node(server).gateway, null))).isEqualTo(400);
              assertThat(sum(Cells.read(universe.node(server).gateway, at[0]))).isEqualTo(300);
              assertThat(sum(Cells.read(universe.node(server).gateway, at[1]))).isEqualTo(400);
              return true;
            });
      }
      universe.on(4, () -> Cells.fill(universe.node(4).gateway, 0, 300, 3));
      universe.on(
          5,
          () -> {
            assertThat(sum(Cells.read(universe.node(5).gateway, null))).isEqualTo(900);
            assertThat(universe.node(5).admin().directories())
                .filteredOn(each -> each.group().equals(group))
                .singleElement()
                .satisfies(each -> assertThat(each.range()).isEqualTo(Cells.range(50, 250)));
            assertThat(universe.node(5).admin().moves())
                .singleElement()
                .satisfies(move -> assertThat(move.state()).isEqualTo("DONE"));
            return true;
          });
      // and back again, over what was left behind
      universe.on(
          2, () -> universe.node(2).admin().moveDirectory(Cells.range(50, 250), GroupId.ZERO));
      universe.on(
          4,
          () -> {
            assertThat(sum(Cells.read(universe.node(4).gateway, null))).isEqualTo(900);
            assertThat(sum(Cells.read(universe.node(4).gateway, at[1]))).isEqualTo(400);
            return true;
          });
      assertThat(universe.world.failures()).isEmpty();
    }
  }
}
