package io.meridiandb.server.net;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A server's port: clients and peers come in by it. */
public final class NetServer {
  private static final long STOP_POLL_MILLIS = 5;

  private static final int METADATA_BYTES_MAX = 8 << 10;

  private final Server server;
  private final SqlService sql;

  private NetServer(Server server, SqlService sql) {
    this.server = server;
    this.sql = sql;
  }

  /**
   * Opens the port.
   *
   * @param endpoint where to listen; loopback only
   * @param connections takes the clients
   * @param transport takes the other servers' streams; its threads serve the port as well
   * @throws MeridianException if the address is not loopback, or the port is in use
   */
  public static NetServer start(
      Endpoint endpoint, SqlConnections connections, GrpcTransport transport) {
    SqlService sql = new SqlService(connections);
    Server server =
        NettyServerBuilder.forAddress(endpoint.loopback())
            .bossEventLoopGroup(transport.loops().group())
            .workerEventLoopGroup(transport.loops().group())
            .channelType(NioServerSocketChannel.class)
            .withOption(ChannelOption.SO_REUSEADDR, true)
            .directExecutor() // listeners only put frames into queues
            .maxInboundMessageSize(GrpcTransport.PACK_BYTES_MAX)
            .maxInboundMetadataSize(METADATA_BYTES_MAX)
            .flowControlWindow(GrpcTransport.WINDOW_BYTES)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(sql.definition())
            .addService(transport.service())
            .build();
    try {
      server.start();
    } catch (IOException e) {
      throw cannotListen(endpoint, e);
    }
    return new NetServer(server, sql);
  }

  static MeridianException cannotListen(Endpoint endpoint, IOException error) {
    Throwable cause = error;
    while (cause != null && !(cause instanceof BindException)) {
      cause = cause.getCause();
    }
    String why = cause == null ? error.getMessage() : cause.getMessage();
    return new MeridianException(
            ErrorCode.UNAVAILABLE, "cannot listen on " + endpoint + ": " + why, error)
        .withHint("Stop the program that has the port, or give the server another one.");
  }

  /** The port that is open, also when the system chose it. */
  public int port() {
    return server.getPort();
  }

  /** Clients connected now. */
  public int openConnections() {
    return sql.openConnections();
  }

  /** Takes no new client from now on; those that are connected go on (57P01 for the others). */
  public void drain() {
    sql.drain();
  }

  /**
   * Closes the port and every stream on it: those of clients after {@code grace}, those of peers as
   * soon as no client is left, for what they ask is not answered any more.
   */
  public void stop(Duration grace) {
    server.shutdown();
    try {
      boolean ended = false;
      for (long left = grace.toMillis(); left > 0 && !ended; left -= STOP_POLL_MILLIS) {
        ended =
            server.awaitTermination(STOP_POLL_MILLIS, TimeUnit.MILLISECONDS)
                || sql.openConnections() == 0;
      }
      server.shutdownNow();
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
