package io.meridiandb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the sessions of a server end that is told to stop: nobody loses what runs. */
class DrainTest {
  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    assertThat(server.failures).isEmpty();
    server.close();
  }

  private static String state(TestClient.Answer answer) {
    return answer.failure() == null ? "done" : answer.failure().getSqlState();
  }

  /** A session is busy until a moment after its answer has come. */
  private void awaitBusy(long sessions) {
    long end = System.nanoTime() + 10_000_000_000L;
    while (server.service.busySessions() != sessions && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    assertThat(server.service.busySessions()).isEqualTo(sessions);
  }

  @Test
  void whatIsOpenIsFinishedAndNothingMoreBegins() {
    TestClient idle = server.client();
    idle.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT)");
    TestClient busy = server.client();
    busy.execute("BEGIN");
    busy.execute("INSERT INTO t VALUES (1, 1)");
    awaitBusy(1);

    server.service.drain();
    assertThat(state(idle.execute("INSERT INTO t VALUES (2, 2)"))).isEqualTo("57P01");
    assertThat(state(idle.execute("BEGIN"))).isEqualTo("57P01");
    assertThat(state(busy.execute("UPDATE t SET a = 3 WHERE id = 1"))).isEqualTo("done");
    assertThat(state(busy.execute("COMMIT"))).isEqualTo("done");
    assertThat(state(busy.execute("SELECT a FROM t"))).isEqualTo("57P01");
    awaitBusy(0);
  }

  /** A server's own first client leaves nothing behind. */
  @Test
  void theRehearsalEnds() {
    server.service.rehearse();
    server.client().execute("CREATE TABLE t (id INT PRIMARY KEY, a INT)");
    long end = System.nanoTime() + 10_000_000_000L;
    while (server.service.openSessions() != 1 && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    assertThat(server.service.openSessions()).isEqualTo(1);
  }

  /** Locks of whoever is not ready are let go at once, not when their lease has run out. */
  @Test
  void whatIsStillOpenAtTheEndIsRolledBack() {
    TestClient client = server.client();
    client.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT)");
    client.execute("BEGIN");
    client.execute("INSERT INTO t VALUES (1, 1)");
    server.service.drain();
    server.service.end();
    while (server.service.openSessions() > 0) {
      Thread.onSpinWait();
    }
    assertThat(client.closed).isTrue();
    assertThat(server.service.busySessions()).isZero();
  }
}
