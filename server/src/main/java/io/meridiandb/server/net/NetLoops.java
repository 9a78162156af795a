package io.meridiandb.server.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads of one server's network: they move bytes and put frames into queues, nothing else.
 */
final class NetLoops {
  private static final int LOOPS_MAX = 4;
  private static final long STOP_MILLIS_MAX = 1_000;

  private final EventLoopGroup group;

  NetLoops(String name) {
    int cores = Runtime.getRuntime().availableProcessors();
    group =
        new MultiThreadIoEventLoopGroup(
            Math.max(1, Math.min(LOOPS_MAX, cores / 2)),
            new DefaultThreadFactory("net-" + name, true),
            NioIoHandler.newFactory());
  }

  EventLoopGroup group() {
    return group;
  }

  /** One thread, to run a lane's state on. */
  EventLoop next() {
    return group.next();
  }

  /**
   * Ends the threads, and waits for it: a socket that Netty has closed keeps its port until its
   * loop selects the next time, so a server at the same address could not start before.
   */
  void stop() {
    group.shutdownGracefully(0, STOP_MILLIS_MAX, TimeUnit.MILLISECONDS);
    try {
      group.awaitTermination(STOP_MILLIS_MAX, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
