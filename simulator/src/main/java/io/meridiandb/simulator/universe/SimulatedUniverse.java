package io.meridiandb.simulator.universe;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.wire.spi.FrameChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The servers of one universe in a world: started, crashed and started again; and their clients.
 */
public final class SimulatedUniverse {
  private static final long CLIENTS_FROM = 100;

  private final SimulatedWorld world;
  private final SimulatedNode.Assembly assembly;
  private final UniverseId id;
  private final List<ServerId> members = new ArrayList<>();
  private final Map<ServerId, SimulatedNode> nodes = new TreeMap<>();
  private final List<SqlLink> links = new ArrayList<>();
  private final RandomSource random;
  private long clients;

  /** A universe of {@code servers} servers, none of which runs yet. */
  public SimulatedUniverse(SimulatedWorld world, SimulatedNode.Assembly assembly, int servers) {
    this.world = world;
    this.assembly = assembly;
    this.random = world.random("universe");
    this.id = new UniverseId(random.nextLong(), random.nextLong());
    for (int i = 1; i <= servers; i++) {
      members.add(new ServerId(i));
    }
  }

  /** The world it lives in. */
  public SimulatedWorld world() {
    return world;
  }

  /** All servers, running or not. */
  public List<ServerId> members() {
    return List.copyOf(members);
  }

  /** Those that run, started or not. */
  public List<ServerId> running() {
    return List.copyOf(nodes.keySet());
  }

  /** Starts all servers, and lets time run until each takes clients. */
  public void startAll(Duration timeout) {
    world.schedule(Duration.ZERO, () -> members.forEach(this::start));
    world.runUntil(
        () ->
            nodes.size() == members.size()
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
      SimulatedNode node = assembly.assemble(env, self, members(), bound);
      nodes.put(server, node);
      node.start();
    } catch (IOException e) {
      throw new UncheckedIOException(server + " cannot be assembled", e);
    }
  }

  /** Takes a server's power away; no effect if it does not run. */
  public void crash(ServerId server) {
    if (nodes.remove(server) != null) {
      world.crash(server);
      breakLinks(server);
    }
  }

  /** Ends a server's process; what it wrote stays. No effect if it does not run. */
  public void kill(ServerId server) {
    if (nodes.remove(server) != null) {
      world.kill(server);
      breakLinks(server);
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

  /** A machine for a client: an environment of its own in the same world. */
  public Env newClient() {
    clients++;
    return world.server(new ServerId(CLIENTS_FROM + clients));
  }

  /**
   * Connects a client to a server. If the server does not run, or does not take clients yet, the
   * connection closes soon.
   */
  public FrameChannel connect(ServerId server, FrameChannel.Listener client) {
    SimulatedNode node = nodes.get(server);
    SqlLink link = new SqlLink(world, random, server, client);
    if (node == null || !node.started().isDone() || node.started().isCompletedExceptionally()) {
      link.breakNow("connection refused", false);
      return link;
    }
    links.add(link);
    link.open(node);
    return link;
  }
}
