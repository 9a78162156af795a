package io.meridiandb.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.server.net.proto.PeerAnswer;
import io.meridiandb.server.net.proto.PeerHello;
import org.junit.jupiter.api.Test;

/**
 * Guards that servers of different universes, formats, machines or copies never exchange a frame.
 */
class HandshakeTest {
  private final Handshake one = new Handshake(TestServer.config(1, 1, 7001, 7002));

  private static PeerHello helloOf(TransportConfig config) {
    return new Handshake(config).hello(new ServerId(1), Lane.DATA);
  }

  private String refusal(PeerHello hello) {
    PeerAnswer answer = one.answer(hello);
    assertThat(answer.getAccepted()).isEqualTo(answer.getReason().isEmpty());
    return answer.getReason();
  }

  @Test
  void aPeerOfTheUniverseIsTaken() {
    assertThat(refusal(helloOf(TestServer.config(2, 1, 7001, 7002)))).isEmpty();
  }

  @Test
  void anotherUniverseIsRefusedByName() {
    TransportConfig other =
        new TransportConfig(
            new ServerIdentity(new UniverseId(9, 9), new ServerId(2), 1),
            "boot-a",
            true,
            TestServer.peers(7001, 7002));
    assertThat(refusal(helloOf(other)))
        .contains("server-1 is of universe " + TestServer.UNIVERSE)
        .contains(new UniverseId(9, 9).toString());
  }

  @Test
  void anotherFormatIsRefused() {
    PeerHello newer = helloOf(TestServer.config(2, 1, 7001, 7002)).toBuilder().setFormat(2).build();
    assertThat(refusal(newer)).contains("message format 1").contains("speaks 2");
  }

  @Test
  void aMistakenAddressIsRefused() {
    Handshake two = new Handshake(TestServer.config(2, 1, 7001, 7002));
    assertThat(refusal(two.hello(new ServerId(3), Lane.DATA))).contains("not server-3");
  }

  @Test
  void aStrangerIsRefused() {
    assertThat(refusal(helloOf(TestServer.config(3, 1, 7001, 7002)))).contains("does not know");
  }

  @Test
  void sharedHostTakesNoPeerOfAnotherMachine() {
    TransportConfig elsewhere =
        new TransportConfig(
            TestServer.identity(2, 1), "boot-b", true, TestServer.peers(7001, 7002));
    assertThat(refusal(helloOf(elsewhere))).contains("shared-host");
  }

  @Test
  void anOlderIncarnationIsRefusedAsACopy() {
    assertThat(refusal(helloOf(TestServer.config(2, 7, 7001, 7002)))).isEmpty();
    assertThat(refusal(helloOf(TestServer.config(2, 6, 7001, 7002)))).contains("copy");
    assertThat(refusal(helloOf(TestServer.config(2, 7, 7001, 7002)))).isEmpty();
  }
}
