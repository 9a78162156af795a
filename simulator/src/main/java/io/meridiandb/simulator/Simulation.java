package io.meridiandb.simulator;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.client.FiberDriver;
import io.meridiandb.simulator.client.FrameClient;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.simulator.fault.Nemesis;
import io.meridiandb.simulator.fault.Swarm;
import io.meridiandb.simulator.invariant.Census;
import io.meridiandb.simulator.invariant.Eye;
import io.meridiandb.simulator.invariant.Invariant;
import io.meridiandb.simulator.invariant.InvariantWatch;
import io.meridiandb.simulator.invariant.Observers;
import io.meridiandb.simulator.invariant.Settling;
import io.meridiandb.simulator.scenario.OutageWatch;
import io.meridiandb.simulator.scenario.Scenario;
import io.meridiandb.simulator.scenario.Stage;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedNode;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.simulator.workload.MovesEnd;
import io.meridiandb.simulator.workload.Placements;
import io.meridiandb.simulator.workload.Run;
import io.meridiandb.simulator.workload.SimulatedSetting;
import io.meridiandb.simulator.workload.Workload;
import io.meridiandb.simulator.workload.Workloads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of one seed: servers of production classes with SQL clients in virtual time, first
 * without faults, then with those the seed draws, then perhaps with a core that is healed and must
 * get on, then healed; and a check of what is left.
 */
public final class Simulation {
  private static final int CLIENTS_EACH = 3;

  /** One client of so many is an application with the JDBC driver. */
  private static final int DRIVER_OF = 3;

  private static final Duration START_WAIT = Duration.ofSeconds(120);
  private static final Duration END_WAIT = Duration.ofSeconds(300);
  private static final int FAILURES_SHOWN = 5;
  private static final Duration SETTLE_PAUSE = Duration.ofMillis(50);
  private static final int SETTLE_LOOKS_MAX = 1_200;

  /** What the simulated disk says when it was told to fail. */
  private static final List<String> DISK_FAULTS =
      List.of("the disk reports an error of a", "no space left on the disk", "no room for");

  /**
   * What to run.
   *
   * @param seed everything follows from it
   * @param faultPhase how long there are faults, in virtual time
   * @param forcesIgnored disks acknowledge forces and do nothing: such a run must find violations
   * @param workloads their names; empty if the seed draws them
   * @param shape where servers stand; null if the seed draws it
   * @param scenario what happens when; null if the seed alone decides
   */
  public record Options(
      long seed,
      Duration faultPhase,
      boolean forcesIgnored,
      List<String> workloads,
      @Nullable Shape shape,
      @Nullable Scenario scenario) {
    public Options {
      workloads = List.copyOf(workloads);
    }

    /** The seed draws all. */
    public Options(long seed, Duration faultPhase, boolean forcesIgnored) {
      this(seed, faultPhase, forcesIgnored, List.of(), null, null);
    }

    /** As a scenario says; the seed draws the rest. */
    public Options(Scenario scenario) {
      this(
          scenario.seed(),
          scenario.length(),
          scenario.forcesIgnored(),
          scenario.workloads(),
          scenario.shape(),
          scenario);
    }

    /** Whether the caller chose workloads and shape, and so gets them without placements. */
    private boolean classic() {
      return scenario == null && !workloads.isEmpty();
    }

    /** Whether something was written that must hold, or happens at a written time. */
    private boolean isScripted() {
      return scenario != null && !scenario.drawnFaults();
    }
  }

  private final Options options;
  private final SimulatedNode.Assembly assembly;
  private final Watching watching;

  /** How the invariants are looked at. */
  interface Watching {
    /** What runs after every event. */
    Runnable over(List<Invariant> invariants, Eye eye, Consumer<String> report);
  }

  /** A run of one seed. */
  public Simulation(Options options, SimulatedNode.Assembly assembly) {
    this(options, assembly, InvariantWatch::new);
  }

  /** The same, watched otherwise. */
  Simulation(Options options, SimulatedNode.Assembly assembly, Watching watching) {
    this.options = options;
    this.assembly = assembly;
    this.watching = watching;
  }

  /**
   * Runs it.
   *
   * @param listing takes a line for everything that goes into the hash; null for none
   */
  public Report run(@Nullable Consumer<String> listing) {
    try (SimulatedWorld world = new SimulatedWorld(options.seed)) {
      if (listing != null) {
        world.listTo(listing);
        world.network().frameWords(Traces.words());
      }
      List<Invariant> invariants = InvariantWatch.all();
      Census census = new Census();
      SimulatedNode.Assembly observed =
          assembly.tuned(world.random("tuning")).observedBy(Observers.among(invariants, census));
      SimulatedUniverse universe = new SimulatedUniverse(world, observed, shape(world));
      Run run = new Run(new SimulatedSetting(universe));
      Swarm drawn = Swarm.draw(world.random("swarm"));
      if (assembly.isWhole() && !options.isScripted()) {
        Tuning.drawSites(world);
      }
      Swarm swarm = assembly.isWhole() ? drawn : drawn.forAPart();
      Nemesis nemesis = new Nemesis(universe, options.isScripted() ? swarm.quiet() : swarm);
      world.afterEveryEvent(watching.over(invariants, universe.eye(), run::violation));
      try {
        play(nemesis, universe, run);
        settle(new Settling(census, universe::sight), world, run);
      } catch (AssertionError | RuntimeException e) {
        run.violation("the run broke: " + e);
      }
      world.failures().stream()
          .filter(failure -> !wasDoneToIt(failure))
          .map(failure ->
              "%s failed in %s: %s: %s"
                  .formatted(
                      failure.server(), failure.source(), failure.message(), failure.cause()))
          .distinct()
          .limit(FAILURES_SHOWN)
          .forEach(run::violation);
      world.hashDisks();
      return Report.of(world, run, nemesis.strikes());
    }
  }

  /** Whether a server failed because of what the faults did to its disk: then it must fail. */
  private static boolean wasDoneToIt(SimulatedWorld.Failure failure) {
    for (Throwable at = failure.cause(); at != null; at = at.getCause()) {
      String message = String.valueOf(at.getMessage());
      if (DISK_FAULTS.stream().anyMatch(message::contains)) {
        return true;
      }
    }
    return false;
  }

  private Shape shape(SimulatedWorld world) {
    Shape given = options.shape;
    return given == null ? Shape.drawnBy(world) : given;
  }

  private List<Workload> workloads(SimulatedWorld world, Run run) {
    List<String> names =
        options.workloads.isEmpty() ? Workloads.draw(world.random("workloads")) : options.workloads;
    return names.stream().map(name -> Workloads.of(name, run)).toList();
  }

  private void play(Nemesis nemesis, SimulatedUniverse universe, Run run) {
    SimulatedWorld world = universe.world();
    nemesis.prepare();
    if (options.forcesIgnored) {
      universe.members().forEach(server -> world.disk(server).ignoreForces());
    }
    universe.startAll(START_WAIT);
    List<Workload> workloads = workloads(world, run);
    Scenario scenario = options.scenario;
    if (scenario != null && scenario.bandwidth() > 0) {
      world.network().bandwidthBetweenRegions(scenario.bandwidth());
    }
    OutageWatch watch =
        new OutageWatch(universe, run, scenario == null ? List.of() : scenario.expectations());
    List<String> ended = new ArrayList<>();
    client(
        universe,
        ended,
        false,
        client -> {
          List<Placements.Wanted> placements =
              options.classic() || !assembly.isWhole()
                  ? List.of()
                  : Placements.draw(world.random("placements"), universe.shape());
          setUp(first -> Placements.make(placements, run, first), client);
          for (Workload workload : workloads) {
            setUp(workload::setUp, client);
          }
          setUp(watch::setUp, client);
        });
    world.runUntil(() -> ended.size() == 1, START_WAIT);
    world.schedule(Duration.ZERO, nemesis::begin);
    if (scenario != null) {
      Stage stage = new Stage(universe, nemesis);
      scenario.steps().forEach(step -> world.schedule(step.at(), () -> step.on(stage)));
    }
    watch.begin();
    RandomSource speech = world.random("speech");
    for (Workload workload : workloads) {
      for (int i = 0; i < CLIENTS_EACH; i++) {
        int number = i;
        boolean byDriver = assembly.isWhole() && speech.chance(1, DRIVER_OF);
        client(universe, ended, byDriver, client -> workload.run(number, client));
      }
    }
    world.runFor(options.faultPhase);
    if (assembly.isWhole() && !options.isScripted() && world.random("liveness").chance(1, 2)) {
      new LivenessPhase(universe, nemesis, run).play();
    }
    world.schedule(Duration.ZERO, nemesis::heal);
    world.schedule(Duration.ZERO, run::stop);
    int clients = 1 + workloads.size() * CLIENTS_EACH;
    world.runUntil(() -> ended.size() == clients, END_WAIT);
    watch.judge();
    client(
        universe,
        ended,
        false,
        client -> {
          workloads.forEach(workload -> workload.check(client));
          new MovesEnd(run).check(client);
        });
    world.runUntil(() -> ended.size() == clients + 1, END_WAIT);
  }

  /** All is healed and the clients have gone: what must hold in the end, soon does. */
  private static void settle(Settling settling, SimulatedWorld world, Run run) {
    for (long i = 0; !settling.isSettled(); i++) {
      if (i == SETTLE_LOOKS_MAX) {
        settling.unsettled().forEach(run::violation);
        return;
      }
      world.runFor(SETTLE_PAUSE);
    }
  }

  /** What is made before there are faults. */
  private interface SetUp {
    void run(SqlClient client) throws SqlFailed, LinkLost;
  }

  private static void setUp(SetUp body, SqlClient client) {
    try {
      body.run(client);
    } catch (SqlFailed | LinkLost e) {
      throw new AssertionError("no faults yet, but " + e.getMessage(), e);
    }
  }

  /**
   * Runs a client on a fiber of a machine of its own.
   *
   * @param byDriver whether it goes through the JDBC driver
   */
  private static void client(
      SimulatedUniverse universe, List<String> ended, boolean byDriver, Consumer<SqlClient> body) {
    SimulatedUniverse.Client machine = universe.newClient();
    SqlClient client =
        byDriver ? FiberDriver.client(universe, machine) : new FrameClient(universe, machine);
    machine
        .env()
        .fibers()
        .start(
            "client",
            () -> {
              body.accept(client);
              ended.add("client");
            });
  }
}
