package io.meridiandb.jdbc.link;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Opens one gRPC stream for each connection, over a channel that all connections to a host share.
 */
public final class GrpcConnector implements Connector {
  /** Frames that gRPC may hand over unasked; rows have credits of their own (sql.proto, Credit). */
  private static final int FRAMES_REQUESTED = Integer.MAX_VALUE;

  private final HostPort target;

  public GrpcConnector(HostPort target) {
    this.target = target;
  }

  @Override
  public FrameChannel connect(FrameChannel.Listener listener) {
    SharedChannel shared = SharedChannel.acquire(target);
    Stream stream =
        new Stream(shared, shared.channel().newCall(FrameMethods.SQL_CONNECT, CallOptions.DEFAULT));
    stream.start(listener);
    return stream;
  }

  @Override
  public String toString() {
    return target.toString();
  }

  /**
   * One call; gRPC wants its methods called by one thread at a time, which {@code lock} sees to.
   */
  private static final class Stream implements FrameChannel {
    private final SharedChannel shared;
    private final ClientCall<byte[], byte[]> call;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean ended = new AtomicBoolean();

    Stream(SharedChannel shared, ClientCall<byte[], byte[]> call) {
      this.shared = shared;
      this.call = call;
    }

    void start(Listener listener) {
      call.start(
          new ClientCall.Listener<byte[]>() {
            @Override
            public void onMessage(byte[] frame) {
              listener.frame(frame);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              ended.set(true);
              boolean unreachable = status.getCode() == Status.Code.UNAVAILABLE;
              shared.release(unreachable);
              listener.closed(reason(status));
            }
          },
          new Metadata());
      call.request(FRAMES_REQUESTED);
    }

    private static String reason(Status status) {
      if (status.isOk() || status.getCode() == Status.Code.CANCELLED) {
        return "";
      }
      @Nullable Throwable cause = status.getCause();
      String description = status.getDescription();
      String why = description == null ? status.getCode().toString() : description;
      if (cause == null || cause.getMessage() == null || why.contains(cause.getMessage())) {
        return why;
      }
      return why + ": " + cause.getMessage();
    }

    @Override
    public void send(byte[] frame) {
      if (ended.get()) {
        return;
      }
      lock.lock();
      try {
        if (!ended.get()) {
          call.sendMessage(frame);
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (ended.compareAndSet(false, true)) {
          call.cancel("the connection was closed", null);
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
