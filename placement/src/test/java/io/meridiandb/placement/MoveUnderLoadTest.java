package io.meridiandb.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.placement.PlacementOptions.Mode;
import io.meridiandb.placement.TestUniverse.Node;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories move while they are written and read; servers die on the way (protocol G23). */
class MoveUnderLoadTest {
  private static final long CELLS = 60;
  private static final long EACH = 100;
  private static final PlacementOptions ACROSS =
      new PlacementOptions(
          null, List.of("west", "east", "south"), List.of(), List.of(), Mode.REGIONAL);

  private final List<String> wrong = new ArrayList<>();
  private long transfers;
  private long checks;
  private boolean over;
  private Duration pause = Duration.ofMillis(50);

  private static long sum(Map<Long, Long> cells) {
    return cells.values().stream().mapToLong(Long::longValue).sum();
  }

  private void transfer(Node node, RandomSource random) {
    Transaction transaction = Cells.begin(node.gateway);
    long from = random.nextInt((int) CELLS);
    long to = (from + 1 + random.nextInt((int) CELLS - 1)) % CELLS;
    Map<Long, Long> cells = new TreeMap<>();
    for (long id : List.of(Math.min(from, to), Math.max(from, to))) {
      cells.putAll(Cells.read(transaction, Cells.range(id, id + 1), LockMode.EXCLUSIVE));
    }
    if (cells.size() != 2) {
      wrong.add("cells " + from + " and " + to + " are " + cells);
    }
    Cells.put(transaction, from, cells.getOrDefault(from, 0L) - 1);
    Cells.put(transaction, to, cells.getOrDefault(to, 0L) + 1);
    transaction.commit(SchemaVersion.EXEMPT);
    transfers++;
  }

  private void check(Node node, RandomSource random) {
    Timestamp at =
        random.chance(1, 2) ? null : node.gateway.nowLatest().plus(Duration.ofMillis(-500));
    Map<Long, Long> cells = Cells.read(node.gateway, at);
    if (cells.size() != CELLS || sum(cells) != CELLS * EACH) {
      wrong.add("at " + at + " the sum is " + sum(cells) + " of " + cells.size() + " cells");
    }
    checks++;
  }

  private void loop(TestUniverse universe, long server, boolean writes) {
    Node node = universe.node(server);
    RandomSource random = universe.world.random("client-" + server + writes);
    node.env
        .fibers()
        .start(
            "client",
            () -> {
              while (!over) {
                try {
                  if (writes) {
                    transfer(node, random);
                  } else {
                    check(node, random);
                  }
                } catch (MeridianException e) {
                  if (!e.code().retryable() && e.code() != ErrorCode.TRANSACTION_OUTCOME_UNKNOWN) {
                    wrong.add(e.code() + " " + e.getMessage());
                  }
                }
                node.env.fibers().sleep(pause);
              }
            });
  }

  private GroupId begin(TestUniverse universe) {
    universe.on(1, () -> Cells.fill(universe.node(1).gateway, 0, CELLS, EACH));
    GroupId group =
        universe.on(1, () -> universe.node(1).admin().create("p", ACROSS)).groups().getFirst();
    universe.world.runFor(Duration.ofSeconds(1)); // stale reads must find the cells
    for (long server : List.of(1L, 3L, 4L)) {
      loop(universe, server, true);
      loop(universe, server, false);
    }
    return group;
  }

  private void end(TestUniverse universe) {
    over = true;
    universe.world.runFor(Duration.ofSeconds(30));
    universe.on(
        3,
        () -> {
          Map<Long, Long> cells = Cells.read(universe.node(3).gateway, null);
          assertThat(sum(cells)).isEqualTo(CELLS * EACH);
          return true;
        });
    assertThat(wrong).isEmpty();
    assertThat(universe.world.failures()).isEmpty();
    assertThat(transfers).isGreaterThan(5);
    assertThat(checks).isGreaterThan(5);
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 7})
  void nothingIsLostWhileDirectoriesGoBackAndForth(long seed) {
    pause = Duration.ofMillis(1); // so that a flip without its lock on the range is noticed
    try (TestUniverse universe = new TestUniverse(seed, Long.MAX_VALUE)) {
      GroupId group = begin(universe);
      for (int i = 0; i < 4; i++) {
        GroupId to = i % 2 == 0 ? group : GroupId.ZERO;
        MoveReport report =
            universe.on(5, () -> universe.node(5).admin().moveDirectory(Cells.range(20, 40), to));
        assertThat(report.rows()).isGreaterThan(15);
        universe.world.runFor(Duration.ofMillis(300));
      }
      end(universe);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 7})
  void theDriverFinishesTheMoveOfADeadServer(long seed) {
    try (TestUniverse universe = new TestUniverse(seed, Long.MAX_VALUE)) {
      GroupId group = begin(universe);
      Node five = universe.node(5);
      five.env
          .fibers()
          .start("mover", () -> five.admin().moveDirectory(Cells.range(10, 50), group));
      // somewhere between the announcement and METADATA's update
      universe.world.runFor(Duration.ofMillis(10 + universe.world.random("crash").nextInt(300)));
      universe.crash(5);
      universe.world.runFor(Duration.ofSeconds(20));
      universe.on(
          2,
          () -> {
            List<MoveInfo> moves = universe.node(2).admin().moves();
            assertThat(moves).allSatisfy(move -> assertThat(move.state()).isEqualTo("DONE"));
            if (!moves.isEmpty()) {
              assertThat(universe.node(2).admin().directories())
                  .filteredOn(each -> each.id() != 0)
                  .singleElement()
                  .satisfies(each -> assertThat(each.group()).isEqualTo(group));
            }
            return true;
          });
      universe.restart(5);
      end(universe);
    }
  }

  /** Each move that was begun ends, also behind one that failed in the same request (G23). */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void theMovesBehindOneThatFailedEndAllTheSame(long seed) {
    try (TestUniverse universe = new TestUniverse(seed, Long.MAX_VALUE)) {
      GroupId group = begin(universe);
      universe.on(
          3,
          () -> {
            for (long border : List.of(10L, 30L, 50L)) {
              universe.node(3).admin().split(Cells.key(border));
            }
            return true;
          });
      Transaction holder = universe.on(3, () -> Cells.begin(universe.node(3).gateway));
      universe.on(3, () -> Cells.read(holder, Cells.range(12, 13), LockMode.EXCLUSIVE));
      List<ErrorCode> failures = new ArrayList<>();
      Node five = universe.node(5);
      five.env
          .fibers()
          .start(
              "mover",
              () -> {
                try {
                  five.admin().moveDirectory(Cells.range(10, 50), group);
                } catch (MeridianException e) {
                  failures.add(e.code());
                }
              });
      universe.world.runFor(Duration.ofSeconds(1));
      universe.on(
          3,
          () -> {
            universe.node(3).admin().split(Cells.key(20)); // the first move becomes void
            holder.rollback();
            return true;
          });
      universe.world.runFor(Duration.ofSeconds(20));
      assertThat(failures).containsExactly(ErrorCode.DEPENDENT_OBJECTS);
      assertThat(universe.on(2, () -> universe.node(2).admin().moves()).stream())
          .satisfiesExactly(
              first -> assertThat(first.state()).startsWith("GIVEN UP"),
              second -> assertThat(second.state()).isEqualTo("DONE"));
      end(universe);
    }
  }

  @Test
  void splitsAndMergesChangeNothingForAnybody() {
    try (TestUniverse universe = new TestUniverse(9, Long.MAX_VALUE)) {
      GroupId group = begin(universe);
      universe.on(
          2,
          () -> {
            PlacementAdmin admin = universe.node(2).admin();
            admin.moveDirectory(Cells.range(10, 50), group);
            admin.split(Cells.key(30));
            admin.split(Cells.key(30));
            assertThat(admin.directories().stream().map(DirectoryInfo::range))
                .contains(Cells.range(10, 30), Cells.range(30, 50));
            admin.moveDirectory(Cells.range(30, 50), GroupId.ZERO);
            admin.moveDirectory(Cells.range(30, 50), group);
            admin.merge(Cells.key(30));
            assertThat(admin.directories().stream().filter(each -> each.id() != 0))
                .singleElement()
                .satisfies(each -> assertThat(each.range()).isEqualTo(Cells.range(10, 50)));
            // a part of a directory: it is cut out first
            admin.moveDirectory(Cells.range(20, 25), GroupId.ZERO);
            assertThat(admin.directories().stream().map(DirectoryInfo::range))
                .contains(Cells.range(10, 20), Cells.range(20, 25), Cells.range(25, 50));
            return true;
          });
      end(universe);
    }
  }
}
