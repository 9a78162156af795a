package io.meridiandb.server.net;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.meridiandb.jdbc.link.FrameMethods;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.Failures;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Takes the clients' streams and hands each to the session layer. */
final class SqlService {
  /** Connections that a server takes at most (DESIGN 10). */
  static final int CONNECTIONS_MAX = 1_000;

  /** Frames that a client may have under way before the session layer has seen them. */
  private static final int FRAMES_UNDER_WAY = 64;

  /** The number of every client's first request. */
  private static final long FIRST_REQUEST = 1;

  private final SqlConnections connections;
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean draining;

  SqlService(SqlConnections connections) {
    this.connections = connections;
  }

  ServerServiceDefinition definition() {
    ServerCallHandler<byte[], byte[]> handler = (call, headers) -> accept(call);
    return ServerServiceDefinition.builder("meridian.sql.Sql")
        .addMethod(FrameMethods.SQL_CONNECT, handler)
        .build();
  }

  /** From now on new connections are refused with 57P01; open ones are the session layer's. */
  void drain() {
    draining = true;
  }

  int openConnections() {
    return open.get();
  }

  private ServerCall.Listener<byte[]> accept(ServerCall<byte[], byte[]> call) {
    call.sendHeaders(new Metadata());
    call.request(FRAMES_UNDER_WAY);
    SqlStream stream = new SqlStream(call);
    MeridianException refusal = refusal();
    if (refusal != null) {
      return new Refused(stream, refusal);
    }
    return new Accepted(call, stream, connections.connect(stream));
  }

  private @Nullable MeridianException refusal() {
    if (draining) {
      return new MeridianException(
              ErrorCode.SHUTTING_DOWN, "the server is shutting down and takes no new connection")
          .withHint("Connect to another server of the universe.");
    }
    if (open.incrementAndGet() > CONNECTIONS_MAX) {
      open.decrementAndGet();
      return new MeridianException(
              ErrorCode.TOO_MANY_CONNECTIONS,
              "the server has its " + CONNECTIONS_MAX + " connections already")
          .withHint("Use a connection pool, or connect to another server.");
    }
    return null;
  }

  /** Hands the client's frames to its session. */
  private final class Accepted extends ServerCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> call;
    private final SqlStream stream;
    private final FrameChannel.Listener session;

    Accepted(ServerCall<byte[], byte[]> call, SqlStream stream, FrameChannel.Listener session) {
      this.call = call;
      this.stream = stream;
      this.session = session;
    }

    @Override
    public void onMessage(byte[] frame) {
      session.frame(frame);
      call.request(1);
    }

    @Override
    public void onReady() {
      stream.ready();
    }

    @Override
    public void onHalfClose() {
      stream.close();
    }

    @Override
    public void onCancel() {
      stream.gone();
      open.decrementAndGet();
      session.closed("");
    }

    @Override
    public void onComplete() {
      open.decrementAndGet();
      session.closed("");
    }
  }

  /** Answers the client's greeting with the reason why it is refused. */
  private static final class Refused extends ServerCall.Listener<byte[]> {
    private final SqlStream stream;
    private final MeridianException refusal;

    Refused(SqlStream stream, MeridianException refusal) {
      this.stream = stream;
      this.refusal = refusal;
    }

    @Override
    public void onMessage(byte[] frame) {
      stream.send(
          ServerFrame.newBuilder()
              .setRequest(FIRST_REQUEST)
              .setFailure(Failures.toFrame(refusal))
              .build()
              .toByteArray());
      stream.close();
    }

    @Override
    public void onReady() {
      stream.ready();
    }
  }
}
