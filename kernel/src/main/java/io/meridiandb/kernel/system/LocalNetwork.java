package io.meridiandb.kernel.system;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Transport;
import io.meridiandb.kernel.strand.Strand;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The network of servers that share a JVM. Frames are copied and delivered one after another by a
 * thread of the network's own, so a receiver never runs inside the sender's call. Frames of one
 * sender keep their order.
 */
public final class LocalNetwork implements AutoCloseable {
  /** Bytes of frames of {@link Transport.Lane#DATA} on their way; more are dropped. */
  public static final long DATA_BYTES_MAX = 256L << 20;

  private final Map<ServerId, Transport.Receiver> receivers = new ConcurrentHashMap<>();
  private final AtomicLong dataBytes = new AtomicLong();
  private final Events events;
  private final EventLoop loop;
  private final Strand delivery;

  /**
   * Starts the network.
   *
   * @param events where failing receivers and dropped frames are reported
   * @param fatal what to do with an Error of a receiver
   */
  public LocalNetwork(Events events, FatalErrors fatal) {
    this.events = events;
    loop = EventLoop.start("local-network", events, fatal);
    delivery = loop.strand("local-network");
  }

  /** One server's access to the network. */
  public Transport transport(ServerId self) {
    return new Transport() {
      @Override
      public void send(ServerId to, Lane lane, byte[] frame) {
        long counted = lane == Lane.DATA ? frame.length : 0;
        if (dataBytes.addAndGet(counted) > DATA_BYTES_MAX && lane == Lane.DATA) {
          dataBytes.addAndGet(-counted);
          events.count("net.dropped", 1);
          return;
        }
        byte[] copy = frame.clone();
        delivery.execute(() -> {
          dataBytes.addAndGet(-counted);
          deliver(self, to, copy);
        });
      }

      @Override
      public void listen(Receiver receiver) {
        if (receivers.putIfAbsent(self, receiver) != null) {
          throw new IllegalStateException(self + " listens already");
        }
      }
    };
  }

  private void deliver(ServerId from, ServerId to, byte[] frame) {
    Transport.Receiver receiver = receivers.get(to);
    if (receiver != null) {
      receiver.receive(from, frame);
    }
  }

  /** The server has stopped: nothing arrives at it any more, and its number may listen again. */
  public void remove(ServerId server) {
    receivers.remove(server);
  }

  /** Nothing is delivered any more. */
  @Override
  public void close() {
    receivers.clear();
    loop.close();
  }
}
