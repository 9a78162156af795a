package io.meridiandb.simulator.universe;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to a server: an ordered stream either way, each frame with a delay of its
 * own. It loses nothing until it breaks; then what is on its way is lost and both ends are told.
 */
final class SqlLink implements FrameChannel {
  private static final long DELAY_NANOS_MIN = 100_000;
  private static final int DELAY_NANOS_SPREAD = 400_000;

  private final SimulatedWorld world;
  private final RandomSource random;
  private final Ends ends;
  private final long life;
  private final FrameChannel.Listener client;
  private FrameChannel.@Nullable Listener atServer;
  private long lastToServer;
  private long lastToClient;
  private boolean broken;

  /**
   * Between whom.
   *
   * @param distanceNanos one way, beyond what a local network takes
   */
  record Ends(ServerId client, ServerId server, long distanceNanos) {}

  SqlLink(SimulatedWorld world, RandomSource random, Ends ends, FrameChannel.Listener client) {
    this.world = world;
    this.random = random;
    this.ends = ends;
    this.life = world.life(ends.server);
    this.client = client;
  }

  ServerId server() {
    return ends.server;
  }

  ServerId client() {
    return ends.client;
  }

  boolean isBroken() {
    return broken;
  }

  /** Begins the connection: the first thing to arrive at the server. */
  void open(SimulatedNode node) {
    toServer(() -> atServer = node.connect(new ServerEnd()));
  }

  /** The server's end of the connection. */
  private final class ServerEnd implements FrameChannel {
    @Override
    public void send(byte[] frame) {
      byte[] copy = frame.clone();
      toClient(() -> client.frame(copy));
    }

    @Override
    public void close() {
      toClient(() -> breakNow("", false));
    }
  }

  @Override
  public void send(byte[] frame) {
    byte[] copy = frame.clone();
    toServer(() -> {
      if (atServer != null) {
        atServer.frame(copy);
      }
    });
  }

  @Override
  public void close() {
    toServer(() -> breakNow("", true));
  }

  /** Breaks it: frames on their way are lost, each end hears of it if it still runs. */
  void breakNow(String reason, boolean clientKnows) {
    if (broken) {
      return;
    }
    broken = true;
    if (!clientKnows) {
      world.scheduleFor(ends.client, delay(), () -> client.closed(reason));
    }
    FrameChannel.Listener listener = atServer;
    if (listener != null) {
      world.scheduleFor(
          ends.server,
          delay(),
          () -> {
            if (world.life(ends.server) == life) {
              listener.closed(reason);
            }
          });
    }
  }

  private Duration delay() {
    return Duration.ofNanos(
        ends.distanceNanos + DELAY_NANOS_MIN + random.nextInt(DELAY_NANOS_SPREAD));
  }

  private void toServer(Runnable arrival) {
    lastToServer = schedule(ends.server, lastToServer, arrival);
  }

  private void toClient(Runnable arrival) {
    if (world.life(ends.server) == life) {
      lastToClient = schedule(ends.client, lastToClient, arrival);
    }
  }

  /** Schedules an arrival at a machine after the one before; returns when. */
  private long schedule(ServerId at, long after, Runnable arrival) {
    long now = world.elapsed().toNanos();
    long when = Math.max(after + 1, now + delay().toNanos());
    world.scheduleFor(
        at,
        Duration.ofNanos(when - now),
        () -> {
          if (!broken) {
            arrival.run();
          }
        });
    return when;
  }
}
