package io.meridiandb.simulator;

import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.client.FrameClient;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.simulator.fault.Nemesis;
import io.meridiandb.simulator.fault.Swarm;
import io.meridiandb.simulator.invariant.Census;
import io.meridiandb.simulator.invariant.Invariant;
import io.meridiandb.simulator.invariant.InvariantWatch;
import io.meridiandb.simulator.invariant.Observers;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedNode;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.simulator.workload.Run;
import io.meridiandb.simulator.workload.SimulatedSetting;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * How much faster than its clock a universe runs: 15 servers in five regions, 20 groups, some
 * transactions a second by SQL, faults and all invariants on. On one thread.
 */
public final class SpeedRun {
  private static final int REGIONS = 5;
  private static final int SERVERS_EACH = 3;
  private static final int GROUPS = 20;
  private static final int CLIENTS = 20;

  /**
   * Twenty clients with three seconds between their transactions make 400 in a minute, less waits:
   * with faults, well over 200.
   */
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private static final Duration START_MAX = Duration.ofSeconds(120);
  private static final Duration SET_UP_MAX = Duration.ofMinutes(20);
  private static final int TRIES = 100;

  /**
   * What a run gave; of the measured time only.
   *
   * @param simulated virtual time
   * @param committed transactions, a quarter of them over two groups
   * @param events of the simulated world
   * @param strikes of faults
   * @param violations found by invariants; must be none
   * @param spentNanos what it took, by each of the caller's clocks
   */
  public record Figures(
      Duration simulated,
      long committed,
      long events,
      int strikes,
      List<String> violations,
      List<Long> spentNanos) {}

  private SpeedRun() {}

  /**
   * Runs it.
   *
   * @param length what is measured, in virtual time: after the groups were made, with faults
   * @param clocks of the real world: of time or of work, in nanoseconds
   */
  public static Figures run(long seed, Duration length, List<LongSupplier> clocks) {
    try (SimulatedWorld world = new SimulatedWorld(seed)) {
      List<Invariant> invariants = InvariantWatch.all();
      SimulatedNode.Assembly assembly =
          new NodeAssembly().observedBy(Observers.among(invariants, new Census()));
      Shape shape = Shape.regions(REGIONS, SERVERS_EACH, "aws");
      SimulatedUniverse universe = new SimulatedUniverse(world, assembly, shape);
      Run run = new Run(new SimulatedSetting(universe));
      Nemesis nemesis = new Nemesis(universe, Swarm.draw(world.random("swarm")));
      world.afterEveryEvent(new InvariantWatch(invariants, universe.eye(), run::violation));
      nemesis.prepare();
      universe.startAll(START_MAX);
      List<String> made = new ArrayList<>();
      client(universe, first -> makeGroups(first, shape, made));
      world.runUntil(() -> made.size() == GROUPS - 1, SET_UP_MAX);
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        client(universe, each -> work(each, number, run));
      }
      long events = world.events();
      long committed = run.transactions();
      List<Long> start = read(clocks);
      world.schedule(Duration.ZERO, nemesis::begin);
      world.runFor(length);
      return new Figures(
          length,
          run.transactions() - committed,
          world.events() - events,
          nemesis.strikes().size(),
          run.violations(),
          since(start, clocks));
    }
  }

  private static List<Long> read(List<LongSupplier> clocks) {
    return clocks.stream().map(LongSupplier::getAsLong).toList();
  }

  private static List<Long> since(List<Long> start, List<LongSupplier> clocks) {
    List<Long> end = read(clocks);
    return IntStream.range(0, end.size()).mapToObj(i -> end.get(i) - start.get(i)).toList();
  }

  /** What a client does, on a fiber of its own. */
  private interface Body {
    void run(SqlClient client);
  }

  private static void client(SimulatedUniverse universe, Body body) {
    SimulatedUniverse.Client machine = universe.newClient();
    SqlClient client = new FrameClient(universe, machine);
    machine.env().fibers().start("client", () -> body.run(client));
  }

  /** A placement is a group: each with voters in three regions and a table of its own. */
  private static void makeGroups(SqlClient client, Shape shape, List<String> made) {
    for (int group = 1; group < GROUPS; group++) {
      List<String> zones = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int region = (group + i) % REGIONS;
        zones.add(shape.places().get(region * SERVERS_EACH + group % SERVERS_EACH).zone());
      }
      surely(
          client,
          "CREATE PLACEMENT IF NOT EXISTS p%d OPTIONS (leader = '%s', voters = '%s')"
              .formatted(group, zones.getFirst(), String.join(",", zones)));
      surely(
          client,
          "CREATE TABLE IF NOT EXISTS t%d (id BIGINT PRIMARY KEY, n BIGINT) PLACEMENT p%d"
              .formatted(group, group));
      made.add("p" + group);
    }
  }

  private static void surely(SqlClient client, String sql) {
    String last = "";
    for (int i = 0; i < TRIES; i++) {
      try {
        client.execute(sql);
        return;
      } catch (SqlFailed | LinkLost e) {
        last = String.valueOf(e.getMessage());
        client.pause(PAUSE);
      }
    }
    throw new AssertionError("without faults, " + sql + " fails: " + last);
  }

  private static void work(SqlClient client, int number, Run run) {
    for (long i = 0; ; i++) {
      Value id = Values.ofInteger(Type.Kind.BIGINT, number + CLIENTS * i);
      String first = insert(number + i);
      if (i % 4 == 0) {
        String second = insert(number + i + 1);
        run.ended(
            client.transaction(open -> {
              open.execute(first, id);
              open.execute(second, id);
            }));
      } else {
        run.ended(client.update(first, id));
      }
      client.pause(PAUSE);
    }
  }

  private static String insert(long table) {
    return "INSERT INTO t%d (id, n) VALUES (?, 1)".formatted(1 + table % (GROUPS - 1));
  }
}
