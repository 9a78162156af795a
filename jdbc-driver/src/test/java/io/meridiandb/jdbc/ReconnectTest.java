package io.meridiandb.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.jdbc.FakeServer.Script;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.Failures;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.Anchor;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.ClientFrame.BodyCase;
import io.meridiandb.wire.proto.ServerFrame;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Guards reliability T33-T35: nothing is executed twice, and "unknown" is said only if it is so.
 */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ReconnectTest {
  private static final String INSERT = "INSERT INTO t VALUES (1)";

  private final FakeServer one = new FakeServer("one").on(INSERT, Script.update("INSERT", 1));
  private final FakeServer two = new FakeServer("two").on(INSERT, Script.update("INSERT", 1));

  /** The first server dies when the given request arrives, before or after it took effect. */
  private void dieAt(BodyCase kind, boolean before) {
    if (before) {
      one.cutBefore = frame -> die(FakeServer.kind(kind).test(frame));
    } else {
      one.cutAfter = frame -> die(FakeServer.kind(kind).test(frame));
    }
  }

  private boolean die(boolean now) {
    if (now) {
      one.down = true;
      two.committed.putAll(one.committed); // the universe's state is replicated
    }
    return now;
  }

  @Test
  void aCommitWhoseAnswerGotLostSucceedsAfterAskingAnotherServer() throws SQLException {
    try (Connection connection = Fixtures.connect(one, two)) {
      connection.setAutoCommit(false);
      Statement statement = connection.createStatement();
      statement.executeUpdate(INSERT);
      dieAt(BodyCase.END_TRANSACTION, false);
      connection.commit();
      assertThat(two.received(BodyCase.RESOLVE)).hasSize(1);
      assertThat(two.received(BodyCase.RESOLVE).get(0).getResolve().getSequence()).isEqualTo(1);
      assertThat(connection.unwrap(MeridianConnection.class).getCommitTimestampNanos())
          .isEqualTo(1_001);
      assertThat(connection.getWarnings().getMessage()).contains("the transaction is committed");

      statement.executeUpdate(INSERT); // and the connection goes on, as the same session
      assertThat(two.received(BodyCase.EXECUTE).get(0).getExecute().getSequence()).isEqualTo(2);
      assertThat(two.received(BodyCase.HELLO).get(0).getHello().getSessionLow())
          .isEqualTo(one.received(BodyCase.HELLO).get(0).getHello().getSessionLow());
    }
  }

  @Test
  void aCommitThatDidNotTakeEffectIs40001() throws SQLException {
    try (Connection connection = Fixtures.connect(one, two)) {
      connection.setAutoCommit(false);
      connection.createStatement().executeUpdate(INSERT);
      dieAt(BodyCase.END_TRANSACTION, true);
      assertThatThrownBy(connection::commit)
          .isInstanceOf(SQLTransactionRollbackException.class)
          .hasMessageContaining("one (link cut before the request)")
          .hasMessageContaining("run the transaction again");
      assertThat(connection.isClosed()).isFalse();
    }
  }

  @Test
  void anOutcomeThatNobodyKnowsIs08007AndNamesTheTransaction() throws SQLException {
    try (Connection connection = Fixtures.connect(200, one, two)) {
      connection.setAutoCommit(false);
      connection.createStatement().executeUpdate(INSERT);
      dieAt(BodyCase.END_TRANSACTION, false);
      two.decided = false;
      assertThatThrownBy(connection::commit)
          .isInstanceOfSatisfying(
              SQLNonTransientConnectionException.class,
              e -> assertThat(e.getSQLState()).isEqualTo("08007"))
          .hasMessageContaining("/1 committed is not known");
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @Test
  void anAutocommitStatementInDoubtIsAskedForAndNeverSentAgain() throws SQLException {
    try (Connection connection = Fixtures.connect(one, two)) {
      Statement statement = connection.createStatement();
      dieAt(BodyCase.EXECUTE, false);
      assertThat(statement.executeUpdate(INSERT)).isEqualTo(Statement.SUCCESS_NO_INFO);
      assertThat(statement.getWarnings().getMessage()).contains("committed");
      assertThat(two.received(BodyCase.EXECUTE)).isEmpty();
    }
  }

  @Test
  void anAnchorIsNotedAcknowledgedNamedAndAskedFor() throws SQLException { // protocol G14
    String far = "INSERT INTO far VALUES (1)";
    Anchor anchor =
        Anchor.newBuilder().setSequence(1).setAttempt(1).setGroup(5).setAcknowledge(true).build();
    one.on(
        far,
        new Script(
            List.of(ServerFrame.newBuilder().setAnchor(anchor)), Script.update("INSERT", 1).end()));
    try (Connection connection = Fixtures.connect(one, two)) {
      Statement statement = connection.createStatement();
      assertThat(statement.executeUpdate(far)).isEqualTo(1);
      statement.executeUpdate(INSERT);
      assertThat(one.received(BodyCase.HELLO).get(0).getHello().getAnchors()).isTrue();
      assertThat(one.received(BodyCase.ANCHOR_KNOWN)).hasSize(1);
      assertThat(one.received(BodyCase.ANCHOR_KNOWN).get(0).getAnchorKnown().getGroup())
          .isEqualTo(5);
      List<ClientFrame> executes = one.received(BodyCase.EXECUTE);
      assertThat(executes.get(0).getExecute().getAnchor()).isZero();
      assertThat(executes.get(1).getExecute().getAnchor()).isEqualTo(5);
      dieAt(BodyCase.EXECUTE, false);
      statement.executeUpdate(INSERT);
      assertThat(two.received(BodyCase.RESOLVE).get(0).getResolve().getAnchor()).isEqualTo(5);
    }
  }

  @Test
  void anAutocommitStatementThatDidNothingIsSentAgainAsAnotherTransaction() throws SQLException {
    try (Connection connection = Fixtures.connect(one, two)) {
      dieAt(BodyCase.EXECUTE, true);
      assertThat(connection.createStatement().executeUpdate(INSERT)).isEqualTo(1);
      assertThat(two.received(BodyCase.RESOLVE).get(0).getResolve().getSequence()).isEqualTo(1);
      assertThat(two.received(BodyCase.EXECUTE).get(0).getExecute().getSequence()).isEqualTo(2);
    }
  }

  @Test
  void aStatementThatBreaksEveryLinkIsNotSentForEver() throws SQLException {
    try (Connection connection = Fixtures.connect(one)) {
      one.cutBefore = FakeServer.kind(BodyCase.EXECUTE);
      assertThatThrownBy(() -> connection.createStatement().executeUpdate(INSERT))
          .isInstanceOf(SQLTransactionRollbackException.class);
      assertThat(one.received(BodyCase.EXECUTE)).hasSize(3);
    }
  }

  @Test
  void aStatementInsideATransactionIsNotInDoubt() throws SQLException {
    try (Connection connection = Fixtures.connect(one, two)) {
      connection.setAutoCommit(false);
      Statement statement = connection.createStatement();
      statement.executeUpdate(INSERT);
      dieAt(BodyCase.EXECUTE, true);
      assertThatThrownBy(() -> statement.executeUpdate(INSERT))
          .isInstanceOf(SQLTransactionRollbackException.class);
      assertThat(two.received(BodyCase.RESOLVE)).isEmpty();
      statement.executeUpdate(INSERT);
      connection.commit();
      assertThat(two.committed).containsKey(2L);
    }
  }

  @Test
  void aLossBetweenTransactionsIsNotNoticed() throws SQLException {
    one.on("SET timezone = 'UTC'", Script.update("SET", -1));
    two.on("SET timezone = 'UTC'", Script.update("SET", -1));
    try (Connection connection = Fixtures.connect(one, two)) {
      Statement statement = connection.createStatement();
      statement.execute("SET timezone = 'UTC'");
      dieAt(BodyCase.PING, true);
      assertThat(connection.isValid(5)).isTrue();
      assertThat(statement.executeUpdate(INSERT)).isEqualTo(1);
      List<String> sent =
          two.received(BodyCase.EXECUTE).stream().map(f -> f.getExecute().getSql()).toList();
      assertThat(sent).containsExactly("SET timezone = 'UTC'", INSERT);
    }
  }

  @Test
  void withoutAnyServerItIs08006AndTheConnectionIsClosed() throws SQLException {
    try (Connection connection = Fixtures.connect(100, one, two)) {
      connection.setAutoCommit(false);
      connection.createStatement().executeUpdate(INSERT);
      two.down = true;
      dieAt(BodyCase.EXECUTE, true);
      assertThatThrownBy(() -> connection.createStatement().executeUpdate(INSERT))
          .isInstanceOfSatisfying(
              SQLTransientConnectionException.class,
              e -> assertThat(e.getSQLState()).isEqualTo("08006"))
          .hasMessageContaining("two (connection refused)");
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @Test
  void theFirstConnectFailsOverAndNamesAllIfNoneAnswers() throws SQLException {
    one.down = true;
    try (Connection connection = Fixtures.connect(one, two)) {
      assertThat(connection.unwrap(MeridianConnection.class).getServerName()).isEqualTo("two");
    }
    two.down = true;
    assertThatThrownBy(() -> Fixtures.connect(one, two))
        .isInstanceOfSatisfying(
            SQLTransientConnectionException.class,
            e -> assertThat(e.getSQLState()).isEqualTo("08001"))
        .hasMessageContaining("one (connection refused), two (connection refused)");
  }

  @Test
  void outcomesThatAreKnownAreAcknowledged() throws SQLException {
    try (Connection connection = Fixtures.connect(one)) {
      Statement statement = connection.createStatement();
      statement.executeUpdate(INSERT);
      statement.executeUpdate(INSERT);
      List<ClientFrame> sent = one.received(BodyCase.EXECUTE);
      assertThat(sent.get(0).getExecute().getAckedSequence()).isZero();
      assertThat(sent.get(1).getExecute().getAckedSequence()).isEqualTo(1);
      assertThat(sent.get(1).getExecute().getSequence()).isEqualTo(2);
    }
  }

  /** A server that is about to end says so before it begins anything: the client just moves on. */
  @Test
  void aServerThatDrainsIsLeftWithoutAnybodyNoticing() throws SQLException {
    try (Connection connection = Fixtures.connect(one, two)) {
      Statement statement = connection.createStatement();
      one.on(
          INSERT,
          execute -> {
            one.down = true; // takes no new connection either
            return Script.failure(
                Failures.toFrame(new MeridianException(ErrorCode.SHUTTING_DOWN, "it ends")));
          });
      assertThat(statement.executeUpdate(INSERT)).isEqualTo(1);
      assertThat(two.received(BodyCase.EXECUTE)).hasSize(1);
      assertThat(two.received(BodyCase.RESOLVE)).isEmpty();
    }
  }

  /** Within a transaction that the server had begun, the same code is the application's. */
  @Test
  void whoseTransactionADrainingServerEndsIsTold() throws SQLException {
    try (Connection connection = Fixtures.connect(one, two)) {
      connection.setAutoCommit(false);
      Statement statement = connection.createStatement();
      statement.executeUpdate(INSERT);
      one.on(
          INSERT,
          Script.failure(
              Failures.toFrame(new MeridianException(ErrorCode.SHUTTING_DOWN, "it ends"))));
      assertThatThrownBy(() -> statement.executeUpdate(INSERT))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
      assertThat(two.received(BodyCase.EXECUTE)).isEmpty();
    }
  }
}
