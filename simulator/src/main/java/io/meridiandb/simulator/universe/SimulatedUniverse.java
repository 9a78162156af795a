package io.meridiandb.simulator.universe;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.invariant.Eye;
import io.meridiandb.simulator.invariant.Sight;
import io.meridiandb.wire.spi.FrameChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one universe in a world: started, crashed and started again; and their clients.
 */
public final class SimulatedUniverse {
  private static final long CLIENTS_FROM = 100;
  private static final Duration DRAIN_MAX = Duration.ofSeconds(5);

  private final SimulatedWorld world;
  private final SimulatedNode.Assembly assembly;
  private final UniverseId id;
  private final Shape shape;
  private final LatencyMatrix distances;
  private final Map<ServerId, String> clientRegions = new TreeMap<>();
  private final Set<String> cutRegions = new TreeSet<>();
  private final Map<ServerId, SimulatedNode> nodes = new TreeMap<>();
  private final Set<ServerId> draining = new TreeSet<>();
  private final List<SqlLink> links = new ArrayList<>();
  private final Tables tables = new Tables();
  private final RandomSource random;
  private long clients;

  /** A universe of that shape, none of whose servers runs yet. */
  public SimulatedUniverse(SimulatedWorld world, SimulatedNode.Assembly assembly, Shape shape) {
    this.world = world;
    this.assembly = assembly;
    this.shape = shape;
    this.distances = shape.distances();
    this.random = world.random("universe");
    this.id = new UniverseId(random.nextLong(), random.nextLong());
    if (shape.regions().size() > 1) {
      world.network().latencies(distances, this::regionOf);
    }
  }

  /** The world it lives in. */
  public SimulatedWorld world() {
    return world;
  }

  /** Where its servers stand. */
  public Shape shape() {
    return shape;
  }

  /** What workloads have made in it. */
  public Tables tables() {
    return tables;
  }

  /** The region of a server, or of a client's machine. */
  public String regionOf(ServerId machine) {
    String region = clientRegions.get(machine);
    return region == null ? shape.regionOf(machine) : region;
  }

  /** All servers, running or not. */
  public List<ServerId> members() {
    return shape.servers();
  }

  /** Those that run, started or not. */
  public List<ServerId> running() {
    return List.copyOf(nodes.keySet());
  }

  /** Starts all servers, and lets time run until each takes clients. */
  public void startAll(Duration timeout) {
    world.schedule(Duration.ZERO, () -> members().forEach(this::start));
    world.runUntil(
        () ->
            nodes.size() == members().size()
                && nodes.values().stream().allMatch(node -> node.started().isDone()),
        timeout);
  }

  /** Starts a server that does not run; inside of the world. */
  public void start(ServerId server) {
    if (nodes.containsKey(server)) {
      return;
    }
    Env env =
        world.life(server) == 0 && world.servers().contains(server)
            ? world.restart(server)
            : world.server(server);
    ServerIdentity self = new ServerIdentity(id, server, world.life(server));
    Duration bound = Duration.ofNanos(world.clocks(server).boundNanos());
    try {
      SimulatedNode node = assembly.assemble(env, self, shape, bound);
      nodes.put(server, node);
      node.start();
    } catch (IOException e) {
      throw new UncheckedIOException(server + " cannot be assembled", e);
    }
  }

  /** Takes a server's power away; no effect if it does not run. */
  public void crash(ServerId server) {
    if (nodes.remove(server) != null) {
      draining.remove(server);
      world.crash(server);
      breakLinks(server);
    }
  }

  /** Ends a server's process; what it wrote stays. No effect if it does not run. */
  public void kill(ServerId server) {
    if (nodes.remove(server) != null) {
      draining.remove(server);
      world.kill(server);
      breakLinks(server);
    }
  }

  /**
   * Lets a server end in order; it runs no more after that, or after five seconds.
   *
   * @param ended called when it has ended in order
   */
  public void drain(ServerId server, Runnable ended) {
    SimulatedNode node = nodes.get(server);
    if (node == null || !node.started().isDone()) {
      return;
    }
    draining.add(server);
    long life = world.life(server);
    Runnable stop =
        () -> {
          if (world.life(server) == life && nodes.containsKey(server)) {
            kill(server);
            ended.run();
          }
        };
    node.drain().whenComplete((done, failure) -> world.schedule(Duration.ZERO, stop));
    world.schedule(DRAIN_MAX, stop);
  }

  /** Ends the process of a server that is about to end in order: it has no more time for it. */
  public void killIfDraining(ServerId server) {
    if (draining.contains(server)) {
      kill(server);
    }
  }

  /** Calls with the server that leads group 0, once one says so; not at all if none does. */
  public void withLeader(Consumer<ServerId> action) {
    boolean[] found = new boolean[1];
    nodes.forEach((server, node) ->
        node.leads()
            .thenAccept(leads ->
                world.schedule(
                    Duration.ZERO,
                    () -> {
                      if (leads && !found[0] && nodes.get(server) == node) {
                        found[0] = true;
                        action.accept(server);
                      }
                    })));
  }

  /** All servers at this very moment. */
  public Sight sight() {
    List<Sight.Server> seen = new ArrayList<>();
    nodes.keySet().forEach(server -> look(server, seen));
    return new Sight(world.trueTime(), seen);
  }

  private void look(ServerId server, List<Sight.Server> seen) {
    SimulatedNode node = nodes.get(server);
    Sight.Server one = node == null ? null : node.peek();
    if (one != null) {
      seen.add(one);
    }
  }

  /** What invariants are looked at with. */
  public Eye eye() {
    return new Eye() {
      @Override
      public Sight all() {
        return sight();
      }

      @Override
      public @Nullable Sight concerned() {
        ServerId last = world.lastConcerned();
        if (last == null) {
          return null;
        }
        List<Sight.Server> seen = new ArrayList<>(1);
        look(last, seen);
        return new Sight(world.trueTime(), seen);
      }
    };
  }

  /** Who leads a group at this very moment, with a valid lease; null if nobody does. */
  public @Nullable ServerId leader(long group) {
    return sight().servers().stream()
        .filter(server ->
            server.groups().stream().anyMatch(each -> each.id() == group && each.leading()))
        .map(Sight.Server::id)
        .findFirst()
        .orElse(null);
  }

  /** The node that runs on a server now; null if none does. */
  public @Nullable SimulatedNode node(ServerId server) {
    return nodes.get(server);
  }

  /** A server whose node cannot go on is started again, as somebody who watches it would do. */
  public void restartIfDead(ServerId server) {
    SimulatedNode node = nodes.get(server);
    if (node != null && node.died().isDone()) {
      kill(server);
      start(server);
    }
  }

  private void breakLinks(ServerId server) {
    for (SqlLink link : links) {
      if (link.server().equals(server)) {
        link.breakNow("the server is gone", false);
      }
    }
    links.removeIf(SqlLink::isBroken);
  }

  /** Breaks one of the clients' connections, if there is any. */
  public void breakSomeLink() {
    links.removeIf(SqlLink::isBroken);
    if (!links.isEmpty()) {
      world.faults().fired("connection-break");
      world.faults().mattered("connection-break");
      links.get(random.nextInt(links.size())).breakNow("the connection broke", false);
    }
  }

  /** A machine for a client: an environment of its own in the same world; regions in turn. */
  public Client newClient() {
    List<String> regions = shape.regions();
    return newClient(regions.get((int) (clients % regions.size())));
  }

  /** A machine for a client in a region. */
  public Client newClient(String region) {
    clients++;
    ServerId machine = new ServerId(CLIENTS_FROM + clients);
    clientRegions.put(machine, region);
    return new Client(machine, world.server(machine));
  }

  /** A client's machine and its environment. */
  public record Client(ServerId machine, Env env) {}

  /** The servers near to a client: those of its region, or all if there are none. */
  public List<ServerId> near(ServerId client) {
    List<ServerId> near = shape.named(regionOf(client));
    return near.isEmpty() ? members() : near;
  }

  /**
   * Cuts a region off from another, in one direction: servers from servers, and the connections of
   * clients, which need both directions.
   */
  public void cutRegions(String from, String to) {
    for (ServerId one : shape.named(from)) {
      for (ServerId other : shape.named(to)) {
        if (!one.equals(other)) {
          world.network().cut(one, other);
        }
      }
    }
    cutRegions.add(from + ">" + to);
    for (SqlLink link : List.copyOf(links)) {
      if (!reaches(link.client(), link.server())) {
        link.breakNow("the network is cut", false);
      }
    }
    links.removeIf(SqlLink::isBroken);
  }

  /** Joins all that was cut. */
  public void joinAll() {
    cutRegions.clear();
    world.network().joinAll();
  }

  private boolean reaches(ServerId client, ServerId server) {
    String one = regionOf(client);
    String other = regionOf(server);
    return !cutRegions.contains(one + ">" + other) && !cutRegions.contains(other + ">" + one);
  }

  /**
   * Connects a client's machine to a server. If the server does not run, or does not take clients
   * yet, the connection closes soon.
   */
  public FrameChannel connect(ServerId machine, ServerId server, FrameChannel.Listener client) {
    SimulatedNode node = nodes.get(server);
    long distance = distances.between(regionOf(machine), regionOf(server)).nanos();
    SqlLink link = new SqlLink(world, random, new SqlLink.Ends(machine, server, distance), client);
    if (!reaches(machine, server)) {
      link.breakNow("no way to the server", false);
      return link;
    }
    if (node == null || !node.started().isDone() || node.started().isCompletedExceptionally()) {
      link.breakNow("connection refused", false);
      return link;
    }
    links.add(link);
    link.open(node);
    return link;
  }
}
