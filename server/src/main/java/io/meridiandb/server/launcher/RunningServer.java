package io.meridiandb.server.launcher;

import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.net.Transport;
import io.meridiandb.kernel.system.DataFolder;
import io.meridiandb.kernel.system.DataFolderException;
import io.meridiandb.kernel.system.DelayingTransport;
import io.meridiandb.kernel.system.NetworkDelay;
import io.meridiandb.kernel.system.SystemClocks;
import io.meridiandb.kernel.system.SystemEnv;
import io.meridiandb.kernel.system.SystemEvents;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.server.Node;
import io.meridiandb.server.NodeConfig;
import io.meridiandb.server.config.ConfigException;
import io.meridiandb.server.config.GroupZero;
import io.meridiandb.server.config.ServerConfig;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.config.UniverseIdentity;
import io.meridiandb.server.net.Endpoint;
import io.meridiandb.server.net.GrpcTransport;
import io.meridiandb.server.net.HttpEndpoint;
import io.meridiandb.server.net.NetServer;
import io.meridiandb.server.net.TransportConfig;
import io.meridiandb.truetime.ClockFaultException;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.truetime.system.LinuxTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One server of a universe in this process, with real clocks, disk and sockets. Its parts are
 * closed in the reverse order of their opening. Methods may be called from any thread.
 */
public final class RunningServer implements AutoCloseable {
  /** How long an orderly end may take before it is cut short (DESIGN 9). */
  private static final Duration SHUTDOWN_MAX = Duration.ofSeconds(10);

  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Duration STREAMS_GRACE = Duration.ofMillis(500);

  private final ServerConfig config;
  private final DataFolder folder;
  private final SystemEnv system;
  private final GrpcTransport transport;
  private final Node node;
  private final ServerReport report;
  private @Nullable NetServer net;
  private @Nullable HttpEndpoint http;

  private record Parts(SystemEnv system, GrpcTransport transport, Node node, ServerReport report) {}

  private RunningServer(ServerConfig config, DataFolder folder, Parts parts) {
    this.config = config;
    this.folder = folder;
    this.system = parts.system;
    this.transport = parts.transport;
    this.node = parts.node;
    this.report = parts.report;
  }

  /**
   * Opens the data folder and begins to start; {@link #awaitStarted} waits for the end of it.
   *
   * @throws ConfigException if the folder, the clock or an address cannot be used
   * @throws io.meridiandb.wire.MeridianException if a port is in use
   */
  public static RunningServer start(
      Path configFile, UniverseConfig universe, ServerConfig server, LaunchOptions options)
      throws IOException {
    UniverseIdentity identity = UniverseIdentity.open(configFile, new SystemClocks());
    DataFolder folder = openFolder(server, identity);
    try {
      RunningServer running = assemble(universe, server, folder, identity, options);
      running.open();
      return running;
    } catch (RuntimeException | IOException e) {
      folder.close();
      throw e;
    }
  }

  private static DataFolder openFolder(ServerConfig server, UniverseIdentity identity)
      throws IOException {
    try {
      return DataFolder.open(server.data(), identity.universe(), server.id());
    } catch (DataFolderException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
  }

  private static RunningServer assemble(
      UniverseConfig universe,
      ServerConfig server,
      DataFolder folder,
      UniverseIdentity identity,
      LaunchOptions options)
      throws IOException {
    SystemEvents events =
        new SystemEvents(server.name(), System.getLogger("io.meridiandb." + server.name()));
    SystemClocks clocks = new SystemClocks();
    TrueTime trueTime = trueTime(universe, clocks, identity);
    Disk disk = options.disk().open(server.data());
    ServerIdentity self = folder.identity();
    boolean sharedClock = universe.clock().equals(TrueTimes.SHARED_HOST);
    GrpcTransport transport =
        new GrpcTransport(
            new TransportConfig(self, clocks.bootId(), sharedClock, peers(universe)), events);
    SystemEnv system =
        SystemEnv.create(server.name(), distant(transport, self.server(), options), disk, events);
    NodeConfig nodeConfig =
        new NodeConfig(
            self,
            server.name(),
            topology(universe),
            GroupZero.read(disk).members(),
            NodeConfig.Times.of(universe.lease(), universe.replaceAfter()),
            NodeConfig.Sizes.PRODUCTION);
    Node node = Node.assemble(system.env(), trueTime, nodeConfig);
    ServerReport report = new ServerReport(server, universe.clock(), self, node, events);
    return new RunningServer(server, folder, new Parts(system, transport, node, report));
  }

  private static Transport distant(GrpcTransport transport, ServerId self, LaunchOptions options) {
    NetworkDelay delay = options.delay();
    return delay == null
        ? transport
        : new DelayingTransport(transport, self, delay, new SeededRandom(self.value()));
  }

  private static TrueTime trueTime(
      UniverseConfig universe, SystemClocks clocks, UniverseIdentity identity) {
    try {
      return TrueTimes.fromConfig(universe.clock(), clocks, identity.anchor(), new LinuxTime());
    } catch (IllegalArgumentException | ClockFaultException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
  }

  private static Topology topology(UniverseConfig universe) {
    return new Topology(
        universe.servers().stream()
            .map(each -> new ServerPlace(each.id(), each.name(), each.region(), each.zone()))
            .toList());
  }

  private static SortedMap<ServerId, Endpoint> peers(UniverseConfig universe) {
    SortedMap<ServerId, Endpoint> peers = new TreeMap<>();
    for (ServerConfig server : universe.servers()) {
      peers.put(server.id(), new Endpoint(server.host(), server.port()));
    }
    return peers;
  }

  private void open() {
    boolean opened = false;
    try {
      net = NetServer.start(new Endpoint(config.host(), config.port()), node::connect, transport);
      if (config.httpPort() != 0) {
        http =
            HttpEndpoint.start(
                new Endpoint(config.host(), config.httpPort()), report::health, report::metrics);
      }
      transport.start();
      node.start();
      opened = true;
    } finally {
      if (!opened) {
        release();
      }
    }
  }

  /** Waits until the log and the tablets are open and the planner is warm. */
  public void awaitStarted() {
    try {
      node.started().get(START_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ConfigException(
          "server %s cannot start: %s".formatted(config.name(), cause.getMessage()));
    } catch (TimeoutException e) {
      throw new ConfigException(
          "server %s did not start within %d s".formatted(config.name(), START_MAX.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConfigException("the start of server %s was interrupted".formatted(config.name()));
    }
  }

  /** Completes, with the reason, if the server can no longer go on (its disk has failed). */
  public CompletableFuture<String> died() {
    return node.died();
  }

  /** The server's node. */
  public Node node() {
    return node;
  }

  /** Ends it in order: no new client, leaderships handed over, log forced; ten seconds at most. */
  @Override
  public void close() {
    report.draining();
    NetServer open = net;
    if (open != null) {
      open.drain();
    }
    try {
      node.drain().get(SHUTDOWN_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      system
          .env()
          .events()
          .failure("server", "the orderly end of " + config.name() + " was cut short", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    release();
  }

  /**
   * Ends it as if its machine had lost power: nobody is told, nothing is handed over, what was not
   * forced is not waited for. Its disk can be opened again by a new start.
   */
  public void crash() {
    release();
  }

  private void release() {
    if (http != null) {
      http.stop();
    }
    if (net != null) {
      net.stop(STREAMS_GRACE);
    }
    transport.stop();
    system.close();
    try {
      folder.close();
    } catch (IOException e) {
      system.env().events().failure("server", "cannot let go of " + folder.path(), e);
    }
  }
}
