package io.meridiandb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.wire.proto.Anchor;
import io.meridiandb.wire.proto.AnchorKnown;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.EndTransaction;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.Hello;
import io.meridiandb.wire.proto.Resolve;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.TransactionMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client knows where to ask before anything is committed (protocol G14, attack 20). */
class AnchorsTest {
  private TestServer server;
  private TestClient client;

  @BeforeEach
  void start() {
    server = new TestServer();
    client = server.client();
    client.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT)");
    hello(true);
    server.gateway.anchor = new GroupId(5);
  }

  @AfterEach
  void stop() {
    assertThat(server.failures).isEmpty();
    server.close();
  }

  private void hello(boolean anchors) {
    client.request(
        ClientFrame.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setProtocol(1)
                    .setSessionHigh(7)
                    .setSessionLow(8)
                    .setAnchors(anchors)));
    assertThat(client.next().hasWelcome()).isTrue();
  }

  private static Execute.Builder insert(long sequence, long anchor) {
    return Execute.newBuilder()
        .setSql("INSERT INTO t VALUES (" + sequence + ", 0)")
        .setSequence(sequence)
        .setAnchor(anchor);
  }

  @Test
  void anUnknownAnchorIsToldAndNothingIsCommittedBeforeItIsNoted() {
    client.request(ClientFrame.newBuilder().setExecute(insert(1, 0)));
    ServerFrame told = client.next();
    assertThat(told.getAnchor())
        .isEqualTo(
            Anchor.newBuilder()
                .setSequence(1)
                .setAttempt(1)
                .setGroup(5)
                .setAcknowledge(true)
                .build());
    assertThat(client.hasAnswer()).isFalse();
    client.request(
        ClientFrame.newBuilder()
            .setAnchorKnown(AnchorKnown.newBuilder().setSequence(1).setAttempt(1).setGroup(5)));
    assertThat(client.answer().complete().getTag()).isEqualTo("INSERT");
  }

  @Test
  void anAnchorThatTheClientNamesNeedsNoWord() {
    assertThat(client.execute(insert(1, 5)).complete().getUpdateCount()).isEqualTo(1);
  }

  @Test
  void anOpenTransactionMentionsItsAnchorWithTheFirstWrite() {
    client.request(
        ClientFrame.newBuilder().setExecute(insert(1, 0).setMode(TransactionMode.IN_TRANSACTION)));
    ServerFrame told = client.next();
    assertThat(told.getAnchor().getGroup()).isEqualTo(5);
    assertThat(told.getAnchor().getAcknowledge()).isFalse();
    assertThat(client.answer().complete().getTag()).isEqualTo("INSERT");
    client.request(
        ClientFrame.newBuilder()
            .setEndTransaction(EndTransaction.newBuilder().setCommit(true).setAnchor(5)));
    assertThat(client.answer().complete().getTag()).isEqualTo("COMMIT");
  }

  @Test
  void aClientThatDoesNotTakeNoteWritesNothing() {
    hello(false);
    assertThat(client.execute(insert(1, 0)).failure().getSqlState()).isEqualTo("0A000");
    assertThat(client.execute("SELECT * FROM t").rows()).isEmpty();
  }

  @Test
  void resolveAsksWhereTheClientSays() {
    client.request(
        ClientFrame.newBuilder()
            .setResolve(
                Resolve.newBuilder()
                    .setSessionHigh(7)
                    .setSessionLow(8)
                    .setSequence(1)
                    .setAnchor(5)));
    assertThat(client.next().getResolved().getCommitTimestampNanos()).isEqualTo(42);
    assertThat(server.gateway.resolvedAt).isEqualTo(new GroupId(5));
  }
}
