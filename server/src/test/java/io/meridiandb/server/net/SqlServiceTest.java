package io.meridiandb.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.jdbc.link.GrpcConnector;
import io.meridiandb.jdbc.link.HostPort;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guards the way of SQL frames between a client's stream and the session layer. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SqlServiceTest {
  /** A client that keeps what it gets. */
  private static final class Client implements FrameChannel.Listener {
    final LinkedBlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<String> ends = new LinkedBlockingQueue<>();
    final FrameChannel channel;

    Client(TestServer server) {
      channel = new GrpcConnector(new HostPort("127.0.0.1", server.server.port())).connect(this);
    }

    @Override
    public void frame(byte[] frame) {
      frames.add(frame);
    }

    @Override
    public void closed(String reason) {
      ends.add(reason);
    }

    byte[] await() throws InterruptedException {
      byte[] frame = frames.poll(20, TimeUnit.SECONDS);
      assertThat(frame).isNotNull();
      return frame;
    }
  }

  /** Sends each frame back. */
  private static FrameChannel.Listener echo(FrameChannel client, LinkedBlockingQueue<String> ends) {
    return new FrameChannel.Listener() {
      @Override
      public void frame(byte[] frame) {
        client.send(frame);
        if (frame.length == 1) {
          client.close();
        }
      }

      @Override
      public void closed(String reason) {
        ends.add(reason);
      }
    };
  }

  @Test
  void framesGoBothWaysAndEachEndHearsOfTheOthersEnd() throws Exception {
    LinkedBlockingQueue<String> ends = new LinkedBlockingQueue<>();
    try (TestServer server =
        new TestServer(TestServer.config(1, 1, 1), 0, client -> echo(client, ends))) {
      Client client = new Client(server);
      byte[] large = new byte[8 << 20];
      for (int i = 0; i < 4; i++) {
        client.channel.send(large);
      }
      for (int i = 0; i < 4; i++) {
        assertThat(client.await()).hasSize(large.length);
      }
      assertThat(server.server.openConnections()).isEqualTo(1);
      client.channel.send(new byte[1]); // the session closes after its answer
      assertThat(client.await()).hasSize(1);
      assertThat(client.ends.poll(20, TimeUnit.SECONDS)).isEmpty();
      assertThat(ends.poll(20, TimeUnit.SECONDS)).isEmpty();

      Client other = new Client(server);
      other.channel.send(new byte[2]);
      other.await();
      other.channel.close();
      assertThat(ends.poll(20, TimeUnit.SECONDS)).isEmpty();
      assertThat(server.server.openConnections()).isZero();
    }
  }

  @Test
  void aDrainingServerRefusesNewConnectionsWithTheReason() throws Exception {
    try (TestServer server = new TestServer(TestServer.config(1, 1, 1), 0)) {
      server.server.drain();
      Client client = new Client(server);
      client.channel.send(new byte[0]);
      ServerFrame answer = ServerFrame.parseFrom(client.await());
      assertThat(answer.getRequest()).isEqualTo(1);
      assertThat(answer.getFailure().getSqlState()).isEqualTo("57P01");
      assertThat(answer.getFailure().getHint()).contains("another server");
    }
  }

  @Test
  void anotherAddressThanLoopbackIsRefusedByName() {
    GrpcTransport transport = new GrpcTransport(TestServer.config(1, 1, 1), new RecordedEvents());
    try {
      assertThatThrownBy(() ->
              NetServer.start(
                  new Endpoint("0.0.0.0", 0), client -> new TestServer.Silent(), transport))
          .isInstanceOf(MeridianException.class)
          .hasMessageContaining("0.0.0.0:0")
          .hasMessageContaining("not a loopback address");
    } finally {
      transport.stop();
    }
  }

  @Test
  void aPortInUseIsOneClearMessage() throws Exception {
    try (TestServer server = new TestServer(TestServer.config(1, 1, 1), 0)) {
      int port = server.server.port();
      GrpcTransport transport = new GrpcTransport(TestServer.config(2, 1, 1), server.events);
      try {
        assertThatThrownBy(() ->
                NetServer.start(
                    new Endpoint("127.0.0.1", port), client -> new TestServer.Silent(), transport))
            .isInstanceOf(MeridianException.class)
            .hasMessage("cannot listen on 127.0.0.1:" + port + ": Address already in use");
      } finally {
        transport.stop();
      }
    }
  }
}
