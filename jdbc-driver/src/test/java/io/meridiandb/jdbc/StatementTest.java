package io.meridiandb.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.jdbc.FakeServer.Script;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.Failures;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.ClientFrame.BodyCase;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.TransactionMode;
import io.meridiandb.wire.proto.Type;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guards statements, streams, batches, transactions and errors as JDBC defines them. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class StatementTest {
  private static final String SELECT = "SELECT n FROM t";
  private static final String INSERT = "INSERT INTO t VALUES (?)";

  private final FakeServer server =
      new FakeServer("fake")
          .on(SELECT, Fixtures.numbers(100))
          .on(INSERT, Script.update("INSERT", 1))
          .on("BEGIN", Script.update("BEGIN", -1));
  private ConnectionImpl connection;

  @BeforeEach
  void connect() throws SQLException {
    connection = Fixtures.connect(server);
  }

  @AfterEach
  void close() {
    connection.close();
  }

  private long credits() {
    return server.received(BodyCase.CREDIT).stream()
        .mapToLong(frame -> frame.getCredit().getFrames())
        .sum();
  }

  @Test
  void rowsStreamWithACreditForEachFrameTaken() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(256);
      int expected = 0;
      try (ResultSet rows = statement.executeQuery(SELECT)) {
        while (rows.next()) {
          assertThat(rows.getInt("N")).isEqualTo(++expected);
          assertThat(rows.getRow()).isEqualTo(expected);
        }
        assertThat(rows.isAfterLast()).isTrue();
      }
      assertThat(expected).isEqualTo(100);
      Execute sent = server.received(BodyCase.EXECUTE).get(0).getExecute();
      assertThat(sent.getInitialCredit()).isEqualTo(2);
      assertThat(credits()).as("the last ones may still be on their way").isBetween(95L, 100L);
    }
  }

  @Test
  void anotherRequestReadsTheRestOfAnOpenResultIntoMemory() throws SQLException {
    try (Statement first = connection.createStatement();
        Statement second = connection.createStatement();
        ResultSet rows = first.executeQuery(SELECT)) {
      assertThat(rows.next()).isTrue();
      assertThat(second.executeUpdate(INSERT)).isEqualTo(1);
      int last = rows.getInt(1);
      while (rows.next()) {
        last = rows.getInt(1);
      }
      assertThat(last).isEqualTo(100);
    }
  }

  @Test
  void closingAResultEarlyCancelsItOutsideOfATransactionOnly() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      ResultSet rows = statement.executeQuery(SELECT);
      rows.next();
      rows.close();
      assertThat(server.received(BodyCase.CANCEL)).hasSize(1);
      connection.setAutoCommit(false);
      rows = statement.executeQuery(SELECT);
      rows.next();
      rows.close();
      assertThat(server.received(BodyCase.CANCEL)).hasSize(1);
      assertThat(statement.executeUpdate(INSERT)).isEqualTo(1);
      connection.commit();
    }
  }

  @Test
  void maxRowsAndMisuseOfAResult() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setMaxRows(3);
      ResultSet rows = statement.executeQuery(SELECT);
      assertThatThrownBy(() -> rows.getInt(1)).hasMessageContaining("call next()");
      rows.next();
      assertThatThrownBy(() -> rows.getInt(2)).hasMessageContaining("no column 2");
      assertThatThrownBy(() -> rows.getInt("x")).hasMessageContaining("[n]");
      assertThatThrownBy(rows::first).isInstanceOf(SQLFeatureNotSupportedException.class);
      assertThatThrownBy(() -> rows.updateInt(1, 2)).hasMessageContaining("UPDATE");
      assertThat(rows.next()).isTrue();
      assertThat(rows.next()).isTrue();
      assertThat(rows.next()).isFalse();
      assertThat(server.received(BodyCase.EXECUTE).get(0).getExecute().getMaxRows()).isEqualTo(3);
      statement.close();
      assertThat(rows.isClosed()).isTrue();
      assertThatThrownBy(rows::next).hasMessageContaining("closed");
    }
  }

  @Test
  void aBatchIsOneRoundTrip() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (int i = 0; i < 1_000; i++) {
        statement.setInt(1, i);
        statement.addBatch();
      }
      assertThat(statement.executeBatch()).hasSize(1_000).containsOnly(1);
      assertThat(statement.executeBatch()).isEmpty();
    }
    List<ClientFrame> sent = server.received(BodyCase.EXECUTE_BATCH);
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).getExecuteBatch().getRowsCount()).isEqualTo(1_000);
  }

  @Test
  void aBatchThatFailsTellsTheRow() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (int i : new int[] {1, 2, -3, 4}) {
        statement.setInt(1, i);
        statement.addBatch();
      }
      assertThatThrownBy(statement::executeBatch)
          .isInstanceOfSatisfying(
              BatchUpdateException.class,
              e -> {
                assertThat(e.getUpdateCounts()).hasSize(4).containsOnly(Statement.EXECUTE_FAILED);
                assertThat(e.getSQLState()).isEqualTo("23505");
                assertThat(e.getCause())
                    .isInstanceOf(SQLIntegrityConstraintViolationException.class);
              })
          .hasMessageStartingWith("row 3 of the batch: duplicate key");
    }
  }

  @Test
  void aLargeBatchInsideATransactionGoesInPieces() throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (int i = 0; i < 10; i++) {
        statement.setBytes(1, new byte[1 << 20]);
        statement.addBatch();
      }
      assertThat(statement.executeLargeBatch()).hasSize(10);
    }
    assertThat(server.received(BodyCase.EXECUTE_BATCH)).hasSizeBetween(2, 4);
    connection.commit();
  }

  @Test
  void autocommitOffOpensATransactionAtTheFirstStatement() throws SQLException {
    connection.setAutoCommit(false);
    connection.commit(); // nothing is open: nothing is sent
    connection.rollback();
    assertThat(server.received(BodyCase.END_TRANSACTION)).isEmpty();
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      statement.setLong(1, 5);
      statement.executeUpdate();
      statement.executeUpdate();
    }
    connection.setAutoCommit(true); // commits, as JDBC says
    List<ClientFrame> sent = server.received(BodyCase.EXECUTE);
    assertThat(sent.get(0).getExecute().getMode()).isEqualTo(TransactionMode.IN_TRANSACTION);
    assertThat(sent.get(0).getExecute().getSequence()).isEqualTo(1);
    assertThat(sent.get(1).getExecute().getSequence()).isZero();
    assertThat(server.committed).containsKey(1L);
    assertThatThrownBy(connection::commit).hasMessageContaining("autocommit is on");
  }

  @Test
  void aFailedTransactionCannotBeCommittedSilently() throws SQLException {
    connection.setAutoCommit(false);
    Statement statement = connection.createStatement();
    statement.executeUpdate(INSERT);
    assertThatThrownBy(() -> statement.execute("SELEKT")).hasMessageContaining("no script");
    assertThatThrownBy(connection::commit)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25P02"));
    statement.executeUpdate(INSERT);
    connection.rollback();
    assertThat(server.committed).isEmpty();
  }

  @Test
  void errorsCarryStateClassHintAndPosition() {
    assertThatThrownBy(() -> connection.createStatement().execute("SELEKT"))
        .isInstanceOf(SQLSyntaxErrorException.class)
        .hasMessage("no script for \"SELEKT\"\n  Hint: Add one.\n  Position: 3")
        .cause()
        .isInstanceOfSatisfying(
            MeridianException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SYNTAX_ERROR));
  }

  @Test
  void aTimeLimitIsTheServersToKeep() throws SQLException {
    server.on(
        "SELECT slow",
        execute ->
            Script.failure(
                Failures.toFrame(new MeridianException(ErrorCode.QUERY_CANCELED, "too slow"))));
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(7);
      assertThatThrownBy(() -> statement.executeQuery("SELECT slow"))
          .isInstanceOf(SQLTimeoutException.class)
          .hasMessageContaining("7 s");
      assertThat(server.received(BodyCase.EXECUTE).get(0).getExecute().getTimeoutMillis())
          .isEqualTo(7_000);
    }
  }

  @Test
  void cancelFromAnotherThreadStopsWhatRuns() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    server.ignore =
        frame -> {
          boolean hit = FakeServer.statement("SELECT forever").test(frame);
          if (hit) {
            arrived.countDown();
          }
          return hit;
        };
    Statement statement = connection.createStatement();
    CompletableFuture<Void> canceler =
        CompletableFuture.runAsync(() -> {
          try {
            arrived.await();
            statement.cancel();
          } catch (InterruptedException | SQLException e) {
            throw new IllegalStateException(e);
          }
        });
    assertThatThrownBy(() -> statement.executeQuery("SELECT forever"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"))
        .isNotInstanceOf(SQLTimeoutException.class);
    canceler.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aSilentNetworkIsGivenUpAfterItsTimeout() throws SQLException {
    server.ignore = FakeServer.statement("SELECT forever");
    connection.setNetworkTimeout(null, 100);
    assertThatThrownBy(() -> connection.createStatement().executeQuery("SELECT forever"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"))
        .hasMessageContaining("nothing is committed");
    assertThat(server.received(BodyCase.EXECUTE)).as("it is not sent again").hasSize(1);
  }

  @Test
  void readOnlyTransactionsCarryTheirTimestampBound() throws SQLException {
    connection.setReadOnly(true);
    connection.setTimestampBound(TimestampBound.ofMaxStaleness(Duration.ofSeconds(10)));
    connection.createStatement().executeQuery(SELECT).close();
    Execute sent = server.received(BodyCase.EXECUTE).get(0).getExecute();
    assertThat(sent.getTransaction().getReadOnly()).isTrue();
    assertThat(sent.getTransaction().getTimestampBound()).isEqualTo("max:10s");
  }

  @Test
  void metadataOfAStatementIsAskedForOnce() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SELECT)) {
      assertThat(statement.getMetaData().getColumnName(1)).isEqualTo("n");
      assertThat(statement.getParameterMetaData().getParameterTypeName(1)).isEqualTo("bigint");
      assertThat(server.received(BodyCase.PREPARE)).hasSize(1);
    }
  }

  @Test
  void whatIsNotSupportedIsRefusedWithAReason() {
    assertThatThrownBy(connection::setSavepoint)
        .isInstanceOfSatisfying(
            SQLFeatureNotSupportedException.class,
            e -> assertThat(e.getSQLState()).isEqualTo("0A000"))
        .hasMessageContaining("savepoints");
    assertThatThrownBy(
            () -> connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED))
        .hasMessageContaining("serializable");
    assertThatThrownBy(() -> connection.prepareCall("call x()"))
        .isInstanceOf(SQLFeatureNotSupportedException.class);
    assertThatThrownBy(() ->
            connection.createStatement(
                ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY))
        .isInstanceOf(SQLFeatureNotSupportedException.class);
  }

  @Test
  void parametersTravelWithTheirTypes() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      statement.setString(2, "x");
      assertThatThrownBy(statement::executeUpdate).hasMessageContaining("parameter 1 has no value");
      statement.setNull(1, java.sql.Types.BIGINT);
      statement.executeUpdate();
      Execute sent = server.received(BodyCase.EXECUTE).get(0).getExecute();
      assertThat(sent.getParameters(0).getIsNull()).isTrue();
      assertThat(sent.getParameters(0).getKind()).isEqualTo(Type.Kind.BIGINT);
      assertThat(sent.getParameters(1).getKind())
          .as("the server infers the type of a text")
          .isEqualTo(Type.Kind.UNKNOWN);
    }
  }
}
