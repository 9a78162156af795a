package io.meridiandb.jdbc.link;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.WireLimits;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One HTTP/2 connection to a host, shared by all JDBC connections of this JVM to it; it ends with
 * the last of them. Every thread behind it is a daemon, so the driver never keeps a JVM alive.
 */
final class SharedChannel {
  /** Silence after which the link is tested. */
  static final int KEEP_ALIVE_SECONDS = 10;

  /** How long a test of the link may last before the link counts as broken. */
  static final int KEEP_ALIVE_TIMEOUT_SECONDS = 5;

  /** How long a TCP connection may take. */
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  /**
   * Bytes that the server may send ahead; fixed, so that gRPC sends no pings to measure the link.
   */
  private static final int WINDOW_BYTES = 4 << 20;

  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Map<HostPort, SharedChannel> CHANNELS = new HashMap<>();

  private final HostPort target;
  private final ManagedChannel channel;
  private int users; // guarded by LOCK

  private SharedChannel(HostPort target, ManagedChannel channel) {
    this.target = target;
    this.channel = channel;
  }

  /** The event loop of all channels; made when it is first needed. */
  private static final class Loop {
    static final EventLoopGroup GROUP =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("meridian-jdbc", true), NioIoHandler.newFactory());

    private Loop() {}
  }

  /** The channel to a host, with one more user. */
  static SharedChannel acquire(HostPort target) {
    LOCK.lock();
    try {
      SharedChannel shared =
          CHANNELS.computeIfAbsent(target, key -> new SharedChannel(key, open(key)));
      shared.users++;
      return shared;
    } finally {
      LOCK.unlock();
    }
  }

  private static ManagedChannel open(HostPort target) {
    InetSocketAddress address = new InetSocketAddress(target.host(), target.port());
    if (address.isUnresolved()) {
      throw new MeridianException(
          ErrorCode.CONNECTION_REFUSED, "the host name " + target.host() + " is not known");
    }
    return NettyChannelBuilder.forAddress(address)
        .usePlaintext()
        .eventLoopGroup(Loop.GROUP)
        .channelType(NioSocketChannel.class)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .directExecutor() // listeners only put frames into queues
        .maxInboundMessageSize(WireLimits.FRAME_BYTES_MAX)
        .flowControlWindow(WINDOW_BYTES)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  ManagedChannel channel() {
    return channel;
  }

  /**
   * Gives the channel back.
   *
   * @param unreachable the host was not reached: the next user gets a fresh channel, as gRPC would
   *     answer from memory until its back-off is over
   */
  void release(boolean unreachable) {
    LOCK.lock();
    try {
      users--;
      if (users == 0 || unreachable) {
        CHANNELS.remove(target, this);
      }
      if (users == 0) {
        channel.shutdown();
      }
    } finally {
      LOCK.unlock();
    }
  }
}
