package io.meridiandb.server.net;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A client's stream, seen from the server. Frames that the client does not take in wait here, up to
 * a bound: who does not read is cut off, as it must not cost the server's memory.
 */
final class SqlStream implements FrameChannel {
  /** What may wait for a client that reads slowly, in bytes; above the largest frame. */
  static final long WAITING_BYTES_MAX = 64L << 20;

  private final ServerCall<byte[], byte[]> call;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>(); // guarded by lock, as all below
  private long waitingBytes;
  private boolean ended;

  SqlStream(ServerCall<byte[], byte[]> call) {
    this.call = call;
  }

  @Override
  public void send(byte[] frame) {
    lock.lock();
    try {
      if (ended) {
        return;
      }
      if (waiting.isEmpty() && call.isReady()) {
        call.sendMessage(frame);
        return;
      }
      waiting.add(frame);
      waitingBytes += frame.length;
      if (waitingBytes > WAITING_BYTES_MAX) {
        end(Status.RESOURCE_EXHAUSTED.withDescription("the client does not read its answers"));
      }
    } finally {
      lock.unlock();
    }
  }

  /** The transport takes more. */
  void ready() {
    lock.lock();
    try {
      while (!ended && !waiting.isEmpty() && call.isReady()) {
        byte[] frame = waiting.remove();
        waitingBytes -= frame.length;
        call.sendMessage(frame);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the stream after what was sent. */
  @Override
  public void close() {
    lock.lock();
    try {
      while (!ended && !waiting.isEmpty()) {
        call.sendMessage(waiting.remove());
      }
      end(Status.OK);
    } finally {
      lock.unlock();
    }
  }

  private void end(Status status) {
    if (!ended) {
      ended = true;
      waiting.clear();
      call.close(status, new Metadata());
    }
  }

  /** The client's end or the network has gone: nothing more can be sent. */
  void gone() {
    lock.lock();
    try {
      ended = true;
      waiting.clear();
    } finally {
      lock.unlock();
    }
  }
}
