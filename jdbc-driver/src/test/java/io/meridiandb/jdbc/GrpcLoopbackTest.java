package io.meridiandb.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.meridiandb.jdbc.FakeServer.Script;
import io.meridiandb.jdbc.link.FrameMethods;
import io.meridiandb.wire.spi.FrameChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guards the driver over a real gRPC stream, through DriverManager, as applications use it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GrpcLoopbackTest {
  private final FakeServer fake =
      new FakeServer("loopback")
          .on("SELECT n", Fixtures.numbers(1_000))
          .on("INSERT", Script.update("INSERT", 1));
  private final List<Server> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(Server::shutdownNow);
  }

  private int start(int port) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .addService(
                ServerServiceDefinition.builder("meridian.sql.Sql")
                    .addMethod(FrameMethods.SQL_CONNECT, (call, headers) -> accept(call))
                    .build())
            .build()
            .start();
    servers.add(server);
    return server.getPort();
  }

  private ServerCall.Listener<byte[]> accept(ServerCall<byte[], byte[]> call) {
    call.sendHeaders(new Metadata());
    call.request(1_000);
    ReentrantLock lock = new ReentrantLock();
    FrameChannel session =
        fake.connect(
            new FrameChannel.Listener() {
              @Override
              public void frame(byte[] frame) {
                lock.lock();
                try {
                  call.sendMessage(frame);
                } finally {
                  lock.unlock();
                }
              }

              @Override
              public void closed(String reason) {
                if (!call.isCancelled()) {
                  call.close(Status.UNAVAILABLE.withDescription(reason), new Metadata());
                }
              }
            });
    return new ServerCall.Listener<byte[]>() {
      @Override
      public void onMessage(byte[] frame) {
        session.send(frame);
        call.request(1);
      }

      @Override
      public void onCancel() {
        session.close();
      }
    };
  }

  @Test
  void connectionsShareAChannelAndStreamRows() throws Exception {
    int port = start(0);
    String url = "jdbc:meridian://127.0.0.1:1,127.0.0.1:" + port + "/main";
    for (int i = 0; i < 3; i++) {
      try (Connection connection = DriverManager.getConnection(url);
          Connection other = new MeridianDataSource(url).getConnection();
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT n")) {
        int sum = 0;
        while (rows.next()) {
          sum += rows.getInt(1);
        }
        assertThat(sum).isEqualTo(500_500);
        assertThat(other.isValid(5)).isTrue();
        other.close();
        assertThat(other.isValid(5)).isFalse();
        assertThatThrownBy(other::createStatement)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
      }
    }
  }

  @Test
  void aServerThatRestartsIsFoundAgain() throws Exception {
    int port = start(0);
    try (Connection connection =
            DriverManager.getConnection("jdbc:meridian://127.0.0.1:" + port + "/main");
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate("INSERT")).isEqualTo(1);
      servers.get(0).shutdownNow().awaitTermination();
      start(port);
      assertThat(statement.executeUpdate("INSERT")).isEqualTo(1);
      assertThat(fake.connections).isEqualTo(2);
    }
  }

  @Test
  void theDriversThreadsAreDaemons() throws Exception {
    int port = start(0);
    try (Connection connection =
        DriverManager.getConnection("jdbc:meridian://127.0.0.1:" + port + "/main")) {
      assertThat(connection.isValid(5)).isTrue();
      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(thread -> thread.getName().startsWith("meridian-jdbc"))
          .isNotEmpty()
          .allMatch(Thread::isDaemon);
    }
  }
}
