package io.meridiandb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Cancel;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Credit;
import io.meridiandb.wire.proto.EndTransaction;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.ExecuteBatch;
import io.meridiandb.wire.proto.ParameterRow;
import io.meridiandb.wire.proto.Ping;
import io.meridiandb.wire.proto.Prepare;
import io.meridiandb.wire.proto.Resolve;
import io.meridiandb.wire.proto.Resolved;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.TransactionMode;
import io.meridiandb.wire.proto.TransactionState;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the SQL protocol promises about requests, transactions, streaming and repetition. */
class SessionTest {
  private TestServer server;
  private TestClient client;

  @BeforeEach
  void start() {
    server = new TestServer();
    client = server.client();
    client.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT)");
  }

  @AfterEach
  void stop() {
    assertThat(server.failures).isEmpty();
    server.close();
  }

  private void fill(int rows) {
    ExecuteBatch.Builder batch = ExecuteBatch.newBuilder().setSql("INSERT INTO t VALUES (?, ?)");
    for (int i = 0; i < rows; i++) {
      batch.addRows(
          ParameterRow.newBuilder()
              .addParameters(Values.of((Object) i))
              .addParameters(Values.of((Object) (i * 2))));
    }
    client.request(ClientFrame.newBuilder().setExecuteBatch(batch));
    assertThat(client.answer().complete().getUpdateCount()).isEqualTo(rows);
  }

  /** A batch is one request and one transaction, with a count for each row. */
  @Test
  void batchIsOneTransaction() {
    int before = server.gateway.begun.size();
    fill(1_000);
    assertThat(server.gateway.begun).hasSize(before + 1);
    assertThat(client.execute("SELECT count(*), sum(a) FROM t").rows())
        .containsExactly(List.of("1000", "999000"));
  }

  /** A batch that fails leaves nothing. */
  @Test
  void batchIsAtomic() {
    client.execute("INSERT INTO t VALUES (5, 0)");
    ExecuteBatch.Builder batch =
        ExecuteBatch.newBuilder()
            .addStatements("INSERT INTO t VALUES (1, 1)")
            .addStatements("UPDATE t SET a = 7")
            .addStatements("INSERT INTO t VALUES (5, 5)");
    client.request(ClientFrame.newBuilder().setExecuteBatch(batch));
    assertThat(client.answer().failure().getSqlState()).isEqualTo("23505");
    assertThat(client.execute("SELECT * FROM t").rows()).containsExactly(List.of("5", "0"));
  }

  /** Rows frames hold at most 256 rows and are sent only against credit. */
  @Test
  void rowsAreStreamedAgainstCredit() {
    fill(1_000);
    long request =
        client.request(
            ClientFrame.newBuilder()
                .setExecute(Execute.newBuilder().setSql("SELECT * FROM t").setInitialCredit(1)));
    assertThat(client.next().hasRowDescription()).isTrue();
    assertThat(client.next().getRows().getRowCount()).isEqualTo(256);
    // The session answers nothing more; a later request waits behind it.
    client.request(ClientFrame.newBuilder().setPing(Ping.newBuilder()));
    assertThat(client.hasAnswer()).isFalse();
    client.request(
        ClientFrame.newBuilder().setCredit(Credit.newBuilder().setTarget(request).setFrames(10)));
    int rows = 256;
    ServerFrame frame = client.next();
    while (frame.hasRows()) {
      rows += frame.getRows().getRowCount();
      frame = client.next();
    }
    assertThat(rows).isEqualTo(1_000);
    assertThat(frame.getComplete().getTag()).isEqualTo("SELECT");
    assertThat(client.next().getComplete().getTag()).isEqualTo("PING");
  }

  /** Cancel overtakes, and ends the request it names with 57014. */
  @Test
  void cancelOvertakes() {
    fill(1_000);
    long request =
        client.request(
            ClientFrame.newBuilder()
                .setExecute(Execute.newBuilder().setSql("SELECT * FROM t").setInitialCredit(1)));
    client.next();
    client.next();
    client.request(ClientFrame.newBuilder().setCancel(Cancel.newBuilder().setTarget(request)));
    assertThat(client.next().getFailure().getSqlState()).isEqualTo("57014");
    assertThat(client.execute("SELECT 1").rows()).hasSize(1);
  }

  /** A request may be cancelled before its turn comes. */
  @Test
  void cancelAheadOfItsTurn() {
    client.request(ClientFrame.newBuilder().setCancel(Cancel.newBuilder().setTarget(4)));
    client.request(ClientFrame.newBuilder().setExecute(Execute.newBuilder().setSql("SELECT 1")));
    TestClient.Answer answer = client.answer();
    assertThat(answer.failure().getSqlState()).isEqualTo("57014");
  }

  /** A statement alone that loses a race is run again with its age kept and its number too. */
  @Test
  void lostRaceIsRunAgain() {
    server.gateway.conflictsToCome.set(2);
    int before = server.gateway.begun.size();
    TestClient.Answer answer =
        client.execute(
            Execute.newBuilder().setSql("INSERT INTO t VALUES (1, 1) RETURNING id").setSequence(9));
    assertThat(answer.rows()).containsExactly(List.of("1"));
    var attempts = server.gateway.begun.subList(before, server.gateway.begun.size());
    assertThat(attempts).extracting(id -> id.attempt()).containsExactly(1, 2, 3);
    assertThat(attempts).allMatch(id -> id.sequence() == 9 && id.sessionHigh() == 7);
    var options = server.gateway.options.subList(before, server.gateway.options.size());
    assertThat(options.get(0).age()).isNull();
    assertThat(options.get(1).age()).isNotNull().isEqualTo(options.get(2).age());
  }

  /** In the client's own transaction a lost race is the client's to repeat. */
  @Test
  void lostRaceInTransactionIsTold() {
    client.execute("BEGIN");
    client.execute("INSERT INTO t VALUES (1, 1)");
    server.gateway.conflictsToCome.set(1);
    TestClient.Answer answer = client.execute("COMMIT");
    assertThat(answer.failure().getSqlState()).isEqualTo("40001");
    assertThat(answer.failure().getRetryable()).isTrue();
    assertThat(answer.failure().getState()).isEqualTo(TransactionState.IDLE);
    assertThat(client.execute("SELECT * FROM t").rows()).isEmpty();
  }

  /** IN_TRANSACTION opens a transaction with the first statement, EndTransaction ends it. */
  @Test
  void modeOpensTransaction() {
    TestClient.Answer first =
        client.execute(
            Execute.newBuilder()
                .setSql("INSERT INTO t VALUES (1, 1)")
                .setMode(TransactionMode.IN_TRANSACTION)
                .setSequence(3));
    assertThat(first.complete().getState()).isEqualTo(TransactionState.OPEN);
    assertThat(server.client().execute("SELECT * FROM t").rows()).isEmpty();
    client.request(
        ClientFrame.newBuilder().setEndTransaction(EndTransaction.newBuilder().setCommit(true)));
    TestClient.Answer end = client.answer();
    assertThat(end.complete().getCommitTimestampNanos()).isPositive();
    assertThat(server.client().execute("SELECT * FROM t").rows()).hasSize(1);
  }

  /** A schema change behind a session's back: the statement is planned again. */
  @Test
  void schemaChangeIsFollowed() {
    TestClient other = server.client();
    client.execute("BEGIN");
    client.execute("INSERT INTO t VALUES (1, 1)");
    other.execute("CREATE TABLE u (id INT PRIMARY KEY)");
    assertThat(client.execute("INSERT INTO t VALUES (2, 2)").failure()).isNull();
    other.execute("DROP TABLE u");
    assertThat(client.execute("COMMIT").lines()).containsExactly("COMMIT");
    client.execute("BEGIN");
    client.execute("INSERT INTO t VALUES (3, 3)");
    other.execute("DROP TABLE t");
    other.execute("CREATE TABLE t (id INT PRIMARY KEY, b TEXT)");
    assertThat(client.execute("COMMIT").failure().getSqlState()).isEqualTo("40001");
  }

  /** Prepare tells types and columns and runs nothing. */
  @Test
  void prepareTellsTheShape() {
    client.request(
        ClientFrame.newBuilder()
            .setPrepare(Prepare.newBuilder().setSql("SELECT id, a + ? AS x FROM t WHERE id = ?")));
    var shape = client.next().getPrepared();
    assertThat(shape.getReturnsRows()).isTrue();
    assertThat(shape.getParameterTypesList())
        .extracting(Type::getKind)
        .containsExactly(Type.Kind.INTEGER, Type.Kind.INTEGER);
    assertThat(shape.getColumnsList())
        .extracting(column -> column.getName())
        .containsExactly("id", "x");
    assertThat(shape.getColumns(0).getTable()).isEqualTo("t");
  }

  /** Parameters convert as PostgreSQL's unknown literals do. */
  @Test
  void parametersTakeTheTypeOfTheirPlace() {
    client.execute(
        "INSERT INTO t VALUES ($1, $2)", Values.ofText(Type.Kind.UNKNOWN, "7"), Values.NULL);
    assertThat(client.execute("SELECT id FROM t WHERE id = ?", Values.of((Object) 7L)).rows())
        .containsExactly(List.of("7"));
    assertThat(client.execute("SELECT ?, ? + 1", Values.of("x"), Values.of((Object) 2)).rows())
        .containsExactly(List.of("x", "3"));
    assertThat(
            client
                .execute("SELECT id FROM t WHERE id = ?", Values.ofText(Type.Kind.TEXT, "x"))
                .failure()
                .getSqlState())
        .isEqualTo("22P02");
    assertThat(client.execute("SELECT ?").failure().getSqlState()).isEqualTo("42P02");
    assertThat(client.execute("SELECT 1", Values.of("x")).failure().getSqlState())
        .isEqualTo("42P02");
    // A BIGINT that no INTEGER can be is no error: it is equal to none.
    assertThat(
            client.execute("SELECT id FROM t WHERE id = ?", Values.of((Object) (1L << 40))).rows())
        .isEmpty();
  }

  /** How a transaction ended can be asked for. */
  @Test
  void outcomesAreResolved() {
    client.request(
        ClientFrame.newBuilder()
            .setResolve(Resolve.newBuilder().setSessionHigh(7).setSessionLow(8).setSequence(1)));
    Resolved answer = client.next().getResolved();
    assertThat(answer.getOutcome()).isEqualTo(Resolved.Outcome.COMMITTED);
    assertThat(answer.getCommitTimestampNanos()).isEqualTo(42);
  }

  /** Past a thousand sessions a new one is told 53300; one that ends makes room. */
  @Test
  void sessionsAreLimited() {
    List<TestClient> clients = new ArrayList<>();
    while (server.service.openSessions() < SqlService.SESSIONS_MAX) {
      clients.add(new TestClient(server.service));
    }
    TestClient refused = new TestClient(server.service);
    refused.request(ClientFrame.newBuilder().setPing(Ping.newBuilder()));
    assertThat(refused.next().getFailure().getSqlState()).isEqualTo("53300");
    assertThat(refused.closed).isTrue();
    clients.forEach(TestClient::leave);
  }

  /** LIMIT of rows asked by the client. */
  @Test
  void maxRowsCutsTheResult() {
    fill(20);
    assertThat(client.execute(Execute.newBuilder().setSql("SELECT * FROM t").setMaxRows(3)).rows())
        .hasSize(3);
  }

  /** A frame that is none is answered, not ignored. */
  @Test
  void brokenFramesAreRefused() {
    TestClient broken = server.client();
    broken.raw(new byte[] {(byte) 0xff, 1, 2});
    assertThat(broken.next().getFailure().getSqlState()).isEqualTo("08P01");
    assertThat(broken.closed).isTrue();
  }

  /** What AS OF SYSTEM TIME says reaches the transaction: exactly then, or not older than. */
  @Test
  void readsOfThePastHaveTheirBound() {
    client.execute("SELECT * FROM t AS OF SYSTEM TIME '-10s'");
    assertThat(server.gateway.options.getLast().bound())
        .isEqualTo(TimestampBound.ofExactStaleness(Duration.ofSeconds(10)));
    client.execute("SELECT * FROM t AS OF SYSTEM TIME with_max_staleness('500ms')");
    assertThat(server.gateway.options.getLast().bound())
        .isEqualTo(TimestampBound.ofMaxStaleness(Duration.ofMillis(500)));
    client.execute("SELECT * FROM t AS OF SYSTEM TIME '2020-01-01 00:00:07+00'");
    Instant moment = Instant.parse("2020-01-01T00:00:07Z");
    assertThat(server.gateway.options.getLast().bound())
        .isEqualTo(TimestampBound.ofReadTimestamp(moment));
    client.execute("BEGIN TRANSACTION READ ONLY AS OF SYSTEM TIME '-7s'");
    assertThat(server.gateway.options.getLast().readOnly()).isTrue();
    assertThat(server.gateway.options.getLast().bound())
        .isEqualTo(TimestampBound.ofExactStaleness(Duration.ofSeconds(7)));
    client.execute("COMMIT");
    client.execute("SELECT * FROM t");
    assertThat(server.gateway.options.getLast().bound().isStrong()).isTrue();
  }

  /** EXPLAIN ANALYZE counts what each operator hands on, and of a change what it wrote. */
  @Test
  void analyzeCountsRows() {
    fill(5);
    assertThat(client.execute("EXPLAIN ANALYZE UPDATE t SET a = 0 WHERE id < 3").rows())
        .extracting(List::getFirst)
        .satisfiesExactly(
            line -> assertThat(line).startsWith("Update t set a (rows 3, "),
            line -> assertThat(line).contains(" for update (rows 3, "),
            line -> assertThat(line).startsWith("Rows: 3, execution: "));
  }

  /** The same text with other constants, and the same text again, use one plan each. */
  @Test
  void repeatedTextsGiveTheRightRows() {
    fill(10);
    for (int i = 0; i < 10; i++) {
      Value id = Values.of((Object) i);
      String expected = String.valueOf(i * 2);
      assertThat(client.execute("SELECT a FROM t WHERE id = " + i).rows())
          .containsExactly(List.of(expected));
      assertThat(client.execute("SELECT a FROM t WHERE id = ?", id).rows())
          .containsExactly(List.of(expected));
      assertThat(client.execute("SELECT a FROM t WHERE id IN (" + i + ", -" + i + ")").rows())
          .containsExactly(List.of(expected));
    }
  }
}
