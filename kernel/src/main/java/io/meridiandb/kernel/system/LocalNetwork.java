package io.meridiandb.kernel.system;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Transport;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network of servers that share a JVM. A frame is copied and handed to its receiver on the
 * sender's thread, which is quick because receivers only hand over to their strands.
 */
public final class LocalNetwork {
  private final Map<ServerId, Transport.Receiver> receivers = new ConcurrentHashMap<>();

  /** One server's access to the network. */
  public Transport transport(ServerId self) {
    return new Transport() {
      @Override
      public void send(ServerId to, Lane lane, byte[] frame) {
        Receiver receiver = receivers.get(to);
        if (receiver != null) {
          receiver.receive(self, frame.clone());
        }
      }

      @Override
      public void listen(Receiver receiver) {
        if (receivers.putIfAbsent(self, receiver) != null) {
          throw new IllegalStateException(self + " listens already");
        }
      }
    };
  }

  /** The server has stopped: nothing arrives at it any more, and its number may listen again. */
  public void remove(ServerId server) {
    receivers.remove(server);
  }
}
