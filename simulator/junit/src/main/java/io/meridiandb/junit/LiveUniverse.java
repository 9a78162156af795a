package io.meridiandb.junit;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.LinkConditions;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.fault.Nemesis;
import io.meridiandb.simulator.fault.Swarm;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * The universe of one test: its data sources, its clients, its time, and what can be done to it.
 *
 * <p>Time stands still while the test's own code runs. It goes on while a thread waits for the
 * database, or by {@link #advance}; seconds of it cost milliseconds. Nothing happens at the same
 * time as anything else: exactly one thread runs at any moment, and which one is next follows from
 * the seed. So a run can be repeated exactly, and races are found instead of hoped for.
 *
 * <p>Use the data sources on the test's thread and in {@linkplain #client clients}; other threads
 * (of pools, of parallel streams) are refused with a message. Places are named by a region ({@code
 * "eu"}), a zone ({@code "eu-1"}) or a server ({@code "server-1"}).
 */
public final class LiveUniverse {
  private static final Duration START_MAX = Duration.ofMinutes(2);
  private static final Duration JOIN_MAX = Duration.ofMinutes(30);
  private static final Duration STUCK_AFTER = Duration.ofSeconds(30);
  private static final int FAILURES_SHOWN = 3;

  private final long seed;
  private final SimulatedWorld world;
  private final SimulatedUniverse universe;
  private final Nemesis nemesis;
  private final DriverWorld driver;
  private final RandomSource random;
  private final List<Client> clients = new ArrayList<>();
  private boolean disturbed;

  private LiveUniverse(Universe settings, long seed) {
    this.seed = seed;
    this.world = new SimulatedWorld(seed);
    world.watchdog(STUCK_AFTER);
    this.random = world.random("test");
    Shape shape =
        Shape.regions(settings.regions(), settings.serversPerRegion(), settings.latency());
    this.universe = new SimulatedUniverse(world, new NodeAssembly(), shape);
    this.nemesis = new Nemesis(universe, swarm(settings));
    this.driver = new DriverWorld(universe);
  }

  /** Starts a universe and lets time run until all its servers take clients. */
  static LiveUniverse start(Universe settings, long seed) {
    LiveUniverse live = new LiveUniverse(settings, seed);
    live.nemesis.prepare();
    live.universe.startAll(START_MAX);
    return live;
  }

  private static Swarm swarm(Universe settings) {
    Set<Fault> faults = new TreeSet<>(Arrays.asList(settings.faults()));
    Duration every = Duration.ofMillis(settings.faultEveryMillis());
    Swarm.Odds odds =
        faults.contains(Fault.LOST_MESSAGES)
            ? new Swarm.Odds(20_000, 20_000, 20_000)
            : Swarm.Odds.NONE;
    return new Swarm(
        LinkConditions.lan(),
        odds,
        Duration.ofMillis(settings.clockUncertaintyMillis()),
        false,
        faults.stream().flatMap(fault -> fault.planned(every).stream()).toList());
  }

  // ---- what the application uses

  /** Connects each client to the servers of its own region first, then to the others. */
  public DataSource dataSource() {
    return driver.dataSource("");
  }

  /** Connects to the servers of this region first, whoever asks. */
  public DataSource dataSource(String region) {
    if (!regions().contains(region)) {
      throw unknown(region);
    }
    return driver.dataSource(region);
  }

  /** Virtual time, for code that takes a clock. */
  public InstantSource clock() {
    return this::now;
  }

  /** Virtual time, for code that takes a {@link Clock}; in UTC. */
  public Clock utcClock() {
    return clock().withZone(ZoneOffset.UTC);
  }

  /** The moment it is in this universe. Begins in 2030. */
  public Instant now() {
    return world.trueTime().toInstant();
  }

  // ---- clients

  /**
   * Starts a client in the first region. It runs when the test's thread waits: in {@link
   * Client#join}, in {@link #advance} or for the database.
   */
  public Client client(String name, Client.Body body) {
    return clientIn(regions().getFirst(), name, body);
  }

  /** Starts a client in a region. */
  public Client clientIn(String region, String name, Client.Body body) {
    if (!regions().contains(region)) {
      throw unknown(region);
    }
    if (clients.isEmpty()) {
      disturb();
    }
    Client client = new Client(name, this);
    clients.add(client);
    SimulatedUniverse.Client machine = universe.newClient(region);
    Env env = machine.env();
    env.fibers().start(name, () -> run(client, machine, body));
    return client;
  }

  private void run(Client client, SimulatedUniverse.Client machine, Client.Body body) {
    try {
      driver.enter(machine);
      body.run();
      client.ended().complete(null);
    } catch (Exception | AssertionError e) {
      client.ended().completeExceptionally(e);
    } finally {
      driver.leave();
      client.ended().complete(null);
    }
  }

  /** Runs bodies at the same time, one a client, and lets time run until all have ended. */
  public void concurrently(Client.Body... bodies) {
    List<Client> started = new ArrayList<>();
    for (Client.Body body : bodies) {
      List<String> regions = regions();
      int number = started.size();
      started.add(clientIn(regions.get(number % regions.size()), "client-" + (number + 1), body));
    }
    started.forEach(Client::join);
  }

  /** Lets time run until every client has ended; fails with the first failure of one. */
  public void joinAll() {
    List.copyOf(clients).forEach(Client::join);
  }

  void join(Client client) {
    driver.await(client.ended(), JOIN_MAX, client.name() + " has not ended");
    if (client.ended().isCompletedExceptionally()) {
      Throwable failure = client.ended().exceptionNow();
      if (failure instanceof AssertionError broken) {
        throw broken;
      }
      throw new AssertionError(client.name() + " failed: " + failure, failure);
    }
  }

  // ---- time

  /** Lets virtual time run for so long; the caller waits, all others go on. */
  public void advance(Duration duration) {
    driver.pause(duration);
  }

  /** A number from 0 to below {@code bound}, drawn from the seed: for a test's own choices. */
  public int random(int bound) {
    return random.nextInt(bound);
  }

  /** The seed from which all follows. */
  public long seed() {
    return seed;
  }

  /** The same for two runs of one seed, if the test's code does the same. */
  public String hash() {
    return world.hash();
  }

  // ---- places

  /** The regions by name, in their order. */
  public List<String> regions() {
    return universe.shape().regions();
  }

  /** The servers by name, in the order of their numbers. */
  public List<String> servers() {
    return universe.shape().places().stream().map(place -> place.name()).toList();
  }

  /** The servers that run. */
  public List<String> running() {
    return universe.shape().places().stream()
        .filter(place -> universe.running().contains(place.id()))
        .map(place -> place.name())
        .toList();
  }

  private List<ServerId> at(String place) {
    List<ServerId> servers = universe.shape().named(place);
    if (servers.isEmpty()) {
      throw unknown(place);
    }
    return servers;
  }

  private IllegalArgumentException unknown(String place) {
    return new IllegalArgumentException(
        "there is no place '%s'; there are the regions %s and the servers %s"
            .formatted(place, regions(), servers()));
  }

  // ---- what can be done to it

  /** Cuts two places off from each other, in both directions. */
  public void cut(String one, String other) {
    cutOneWay(one, other);
    cutOneWay(other, one);
  }

  /** From now on nothing that one place sends arrives at the other. */
  public void cutOneWay(String from, String to) {
    if (regions().contains(from) && regions().contains(to)) {
      universe.cutRegions(from, to);
      return;
    }
    for (ServerId one : at(from)) {
      at(to).stream()
          .filter(other -> !other.equals(one))
          .forEach(other -> world.network().cut(one, other));
    }
  }

  /** Cuts a region off from all others. */
  public void isolate(String region) {
    at(region);
    regions().stream().filter(other -> !other.equals(region)).forEach(other -> cut(region, other));
  }

  /** Joins all that was cut. */
  public void join() {
    universe.joinAll();
  }

  /** Ends the processes of a place at once; what they wrote is still on their disks. */
  public void kill(String place) {
    at(place).forEach(universe::kill);
  }

  /** Takes a place's power away: what was not forced to disk is gone, or torn. */
  public void powerOff(String place) {
    at(place).forEach(universe::crash);
  }

  /** Starts the servers of a place that do not run. */
  public void start(String place) {
    at(place).forEach(universe::start);
  }

  /** Kills the server that leads the system's group; its name. */
  public String killLeader() {
    String leader = leader();
    kill(leader);
    return leader;
  }

  /** The server that leads the system's group; lets time run until there is one. */
  public String leader() {
    List<ServerId> found = new ArrayList<>();
    while (found.isEmpty()) {
      universe.withLeader(found::add);
      advance(Duration.ofMillis(10));
    }
    String number = "server-" + found.getFirst().value();
    return servers().contains(number) ? number : found.getFirst().toString();
  }

  /** Nothing runs at a place for so long, as in a collection of garbage; then it goes on. */
  public void pause(String place, Duration duration) {
    at(place).forEach(server -> world.pause(server, duration));
  }

  /** No force of a disk at a place ends for so long. */
  public void stallDisks(String place, Duration duration) {
    at(place).forEach(server -> world.disk(server).stall(duration));
  }

  /** Ends all faults, those of the annotation as well; servers that are down start again. */
  public void heal() {
    disturbed = false;
    nemesis.heal();
  }

  /**
   * Begins the annotation's faults: for a test without clients, or again after {@link #heal}. They
   * begin by themselves when the first client starts, so that a set-up is quiet.
   */
  public void disturb() {
    if (!disturbed) {
      disturbed = true;
      world.schedule(Duration.ZERO, nemesis::resume);
    }
  }

  // ---- the end

  void end(boolean failed, Supplier<String> repeat) {
    List<SimulatedWorld.Failure> failures = world.failures();
    world.close();
    if (!failed && !failures.isEmpty()) {
      throw new AssertionError(
          "servers met exceptions that they could not handle: %s; %s"
              .formatted(failures.stream().limit(FAILURES_SHOWN).toList(), repeat.get()));
    }
  }

  @Override
  public String toString() {
    return "universe of seed " + seed + " in " + regions();
  }
}
