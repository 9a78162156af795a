package io.meridiandb.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.net.Transport.Lane;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guards the contract of kernel.net.Transport over real sockets. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GrpcTransportTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);

  private static byte[] number(int n) {
    return ByteBuffer.allocate(4).putInt(n).array();
  }

  @Test
  void framesArriveInOrderOnBothLanesAndFromOneself() throws Exception {
    int[] ports = {TestServer.freePort(), TestServer.freePort()};
    try (TestServer one = new TestServer(TestServer.config(1, 1, ports), ports[0]);
        TestServer two = new TestServer(TestServer.config(2, 1, ports), ports[1])) {
      one.events.awaitMessage("connected to server-2 (CONTROL)");
      for (int i = 0; i < 10_000; i++) {
        one.transport.send(TWO, Lane.CONTROL, number(i));
      }
      for (int i = 0; i < 10_000; i++) {
        TestServer.Got got = two.await();
        assertThat(got.from()).isEqualTo(ONE);
        assertThat(got.frame()).isEqualTo(number(i));
      }
      assertThat(one.events.counter("net.packs.sent"))
          .as("frames that wait together travel together")
          .isLessThan(10_000);

      two.events.awaitMessage("connected to server-1 (DATA)");
      byte[] large = new byte[Messenger.MESSAGE_BYTES_MAX + 100];
      large[large.length - 1] = 7;
      two.transport.send(ONE, Lane.DATA, large);
      assertThat(one.await().frame()).isEqualTo(large);

      one.transport.send(ONE, Lane.DATA, number(3));
      assertThat(one.await().from()).isEqualTo(ONE);
    }
  }

  @Test
  void aRestartedPeerIsFoundAgain() throws Exception {
    int[] ports = {TestServer.freePort(), TestServer.freePort()};
    try (TestServer one = new TestServer(TestServer.config(1, 1, ports), ports[0])) {
      try (TestServer two = new TestServer(TestServer.config(2, 1, ports), ports[1])) {
        one.events.awaitMessage("connected to server-2 (DATA)");
        assertThat(two.server.port()).isEqualTo(ports[1]);
      }
      one.events.awaitMessage("no connection to server-2 (DATA)");
      assertThat(one.lost.poll(20, TimeUnit.SECONDS)).isEqualTo(TWO); // who waits for it may know
      one.transport.send(TWO, Lane.DATA, number(1)); // lost, as the contract has it
      try (TestServer two = new TestServer(TestServer.config(2, 2, ports), ports[1])) {
        one.events.awaitMessage("connected to server-2 (DATA)");
        one.transport.send(TWO, Lane.DATA, number(2));
        assertThat(two.await().frame()).isEqualTo(number(2));
      }
    }
  }

  /** Netty says that a port is closed before its loop gives it back (11 rounds of 100 failed). */
  @Test
  void aPortIsFreeWhenItsServerHasStopped() throws Exception {
    int[] ports = {TestServer.freePort(), TestServer.freePort()};
    for (int round = 1; round <= 60; round++) {
      try (TestServer one = new TestServer(TestServer.config(1, round, ports), ports[0])) {
        assertThat(one.server.port()).isEqualTo(ports[0]);
      }
    }
  }

  @Test
  void anotherUniversesServerGetsTheReasonAndNoFrame() throws Exception {
    int[] ports = {TestServer.freePort(), TestServer.freePort()};
    TransportConfig stranger =
        new TransportConfig(
            new ServerIdentity(new UniverseId(9, 9), TWO, 1),
            "boot-a",
            true,
            TestServer.peers(ports));
    try (TestServer one = new TestServer(TestServer.config(1, 1, ports), ports[0]);
        TestServer two = new TestServer(stranger, ports[1])) {
      assertThat(one.events.awaitMessage("refused a server")).contains("is of universe");
      assertThat(two.events.awaitMessage("no connection to server-1"))
          .contains("server-1 is of universe " + TestServer.UNIVERSE);
      two.transport.send(ONE, Lane.CONTROL, number(1));
      assertThat(one.got).isEmpty();
    }
  }

  @Test
  void dataIsShedAndCountedWhenThePeerTakesNothingIn() throws Exception {
    int[] ports = {TestServer.freePort(), TestServer.freePort()};
    CountDownLatch release = new CountDownLatch(1);
    try (TestServer one = new TestServer(TestServer.config(1, 1, ports), ports[0]);
        TestServer two = new TestServer(TestServer.config(2, 1, ports), ports[1])) {
      one.events.awaitMessage("connected to server-2 (DATA)");
      two.transport.listen((from, frame) -> {
        try {
          release.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      byte[] frame = new byte[1 << 20];
      for (int i = 0; i < 120; i++) {
        one.transport.send(TWO, Lane.DATA, frame);
      }
      assertThat(one.events.counter("net.data.shed")).isPositive();
      release.countDown();
    }
  }
}
