package io.meridiandb.server.net;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Transport;
import io.meridiandb.wire.spi.FrameChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One server's network on a real port, with nothing behind it. */
final class TestServer implements AutoCloseable {
  static final UniverseId UNIVERSE = new UniverseId(1, 2);

  record Got(ServerId from, byte[] frame) {}

  final RecordedEvents events = new RecordedEvents();
  final LinkedBlockingQueue<Got> got = new LinkedBlockingQueue<>();
  final LinkedBlockingQueue<ServerId> lost = new LinkedBlockingQueue<>();
  final GrpcTransport transport;
  final NetServer server;

  TestServer(TransportConfig config, int port) {
    this(config, port, client -> new Silent());
  }

  TestServer(TransportConfig config, int port, SqlConnections connections) {
    transport = new GrpcTransport(config, events);
    transport.listen(
        new Transport.Receiver() {
          @Override
          public void receive(ServerId from, byte[] frame) {
            got.add(new Got(from, frame));
          }

          @Override
          public void lost(ServerId peer) {
            lost.add(peer);
          }
        });
    server = NetServer.start(new Endpoint("127.0.0.1", port), connections, transport);
    transport.start();
  }

  /** A session that takes frames and says nothing. */
  static final class Silent implements FrameChannel.Listener {
    @Override
    public void frame(byte[] frame) {}

    @Override
    public void closed(String reason) {}
  }

  static ServerIdentity identity(long server, long incarnation) {
    return new ServerIdentity(UNIVERSE, new ServerId(server), incarnation);
  }

  static TransportConfig config(long server, long incarnation, int... ports) {
    return new TransportConfig(identity(server, incarnation), "boot-a", true, peers(ports));
  }

  /** Server n at the nth port. */
  static SortedMap<ServerId, Endpoint> peers(int... ports) {
    SortedMap<ServerId, Endpoint> peers = new TreeMap<>();
    for (int i = 0; i < ports.length; i++) {
      peers.put(new ServerId(i + 1), new Endpoint("127.0.0.1", ports[i]));
    }
    return peers;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  Got await() throws InterruptedException {
    Got next = got.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no frame came");
    }
    return next;
  }

  @Override
  public void close() {
    // In this order: gRPC waits for its port to close, which ended threads would never do.
    server.stop(Duration.ZERO);
    transport.stop();
  }
}
