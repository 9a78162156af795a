package io.meridiandb.server.embedded;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.system.LocalNetwork;
import io.meridiandb.kernel.system.MemoryDisk;
import io.meridiandb.kernel.system.SystemEnv;
import io.meridiandb.kernel.system.SystemEvents;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.server.Node;
import io.meridiandb.server.NodeConfig;
import io.meridiandb.truetime.HostAnchor;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** One universe of one server whose disk is memory: the production assembly without sockets. */
final class MemoryUniverse {
  private static final ServerId SERVER = new ServerId(1);
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final long START_SECONDS_MAX = 30;

  private final String name;
  private final LocalNetwork network;
  private final SystemEnv system;
  private final Node node;
  private final AtomicBoolean failed;
  private int connections; // guarded by the lock of MemoryUniverses

  private MemoryUniverse(
      String name, LocalNetwork network, SystemEnv system, Node node, AtomicBoolean failed) {
    this.name = name;
    this.network = network;
    this.system = system;
    this.node = node;
    this.failed = failed;
  }

  /**
   * Starts it and waits until it serves.
   *
   * @throws MeridianException UNAVAILABLE if it does not
   */
  static MemoryUniverse start(String name) {
    Events events = new SystemEvents("mem:" + name, System.getLogger("io.meridiandb.embedded"));
    AtomicBoolean failed = new AtomicBoolean();
    LocalNetwork network = new LocalNetwork(events, (where, error) -> failed.set(true));
    SystemEnv system =
        SystemEnv.create(
            "mem-" + name,
            1,
            network.transport(SERVER),
            new MemoryDisk(),
            events,
            (where, error) -> failed.set(true)); // the application goes on, this universe does not
    Env env = system.env();
    RandomSource random = env.random().fork("universe");
    UniverseId id = new UniverseId(random.nextLong(), random.nextLong());
    NodeConfig config =
        new NodeConfig(
            new ServerIdentity(id, SERVER, 1),
            "mem:" + name,
            new Topology(List.of(new ServerPlace(SERVER, "mem", "memory", "memory"))),
            ReplicaSet.ofFull(List.of(SERVER)),
            NodeConfig.Times.ofLease(LEASE),
            NodeConfig.Sizes.SMALL);
    TrueTime time = TrueTimes.sharedHost(env.clocks(), HostAnchor.mint(env.clocks()));
    Node node = Node.assemble(env, time, config);
    MemoryUniverse universe = new MemoryUniverse(name, network, system, node, failed);
    node.start();
    universe.awaitStarted();
    return universe;
  }

  private void awaitStarted() {
    try {
      node.started().get(START_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      stop();
      throw new MeridianException(
          ErrorCode.UNAVAILABLE, "the universe mem:" + name + " does not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop();
      throw new MeridianException(
          ErrorCode.QUERY_CANCELED, "the start of mem:" + name + " was interrupted", e);
    }
  }

  String name() {
    return name;
  }

  /** Whether it can no longer be used. */
  boolean hasDied() {
    return failed.get() || node.died().isDone();
  }

  /** Opens a connection; {@code onEnd} is told once when it ends. */
  FrameChannel connect(FrameChannel.Listener client, Consumer<MemoryUniverse> onEnd) {
    connections++;
    Pipe pipe = new Pipe(client, () -> onEnd.accept(this));
    FrameChannel.Listener server = node.connect(pipe.toClient());
    return pipe.toServer(server);
  }

  /** One connection less; how many are left. */
  int leave() {
    return --connections;
  }

  /** Ends it at once: nobody is connected, and its disk is forgotten with it. */
  void stop() {
    system.close();
    network.close();
  }

  /** The two ends of a connection inside one JVM; either end closes both. */
  private static final class Pipe {
    private final FrameChannel.Listener client;
    private final Runnable onEnd;
    private final AtomicBoolean ended = new AtomicBoolean();

    Pipe(FrameChannel.Listener client, Runnable onEnd) {
      this.client = client;
      this.onEnd = onEnd;
    }

    FrameChannel toClient() {
      return new FrameChannel() {
        @Override
        public void send(byte[] frame) {
          if (!ended.get()) {
            client.frame(frame);
          }
        }

        @Override
        public void close() {
          if (ended.compareAndSet(false, true)) {
            client.closed("");
            onEnd.run();
          }
        }
      };
    }

    FrameChannel toServer(FrameChannel.Listener server) {
      return new FrameChannel() {
        @Override
        public void send(byte[] frame) {
          if (!ended.get()) {
            server.frame(frame);
          }
        }

        @Override
        public void close() {
          if (ended.compareAndSet(false, true)) {
            server.closed("");
            client.closed("");
            onEnd.run();
          }
        }
      };
    }
  }
}
