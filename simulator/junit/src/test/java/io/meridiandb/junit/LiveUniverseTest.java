package io.meridiandb.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Guards what users touch: JDBC in virtual time, faults by name, threads that take turns. */
class LiveUniverseTest {
  private static final List<String> HASHES = new ArrayList<>();

  @BeforeEach
  void createTable(DataSource db) throws SQLException {
    try (Connection connection = db.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)");
      statement.execute("INSERT INTO t VALUES (1, 0)");
    }
  }

  static void add(DataSource db, int amount) throws SQLException {
    try (Connection connection = db.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("UPDATE t SET n = n + ? WHERE id = 1")) {
      statement.setInt(1, amount);
      assertThat(statement.executeUpdate()).isIn(1, Statement.SUCCESS_NO_INFO);
    }
  }

  static long read(DataSource db) throws SQLException {
    try (Connection connection = db.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT n FROM t WHERE id = 1")) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }

  @Universe(seeds = 2, seed = 7)
  void clientsRunAtOnceAndTimeIsVirtual(DataSource db, LiveUniverse universe) throws SQLException {
    assertThat(universe.seed()).isBetween(7L, 8L);
    assertThat(universe.regions()).containsExactly("eu", "us", "asia");
    Instant start = universe.now();
    universe.concurrently(() -> add(db, 1), () -> add(db, 10), () -> add(db, 100));
    assertThat(read(db)).isEqualTo(111);
    Duration writes = Duration.between(start, universe.now());
    assertThat(writes)
        .as("regions lie apart")
        .isBetween(Duration.ofMillis(80), Duration.ofSeconds(5));
    long real = System.nanoTime();
    universe.advance(Duration.ofMinutes(5));
    assertThat(Duration.ofNanos(System.nanoTime() - real)).isLessThan(Duration.ofMinutes(1));
    assertThat(Duration.between(start, universe.now())).isGreaterThan(Duration.ofMinutes(5));
    assertThat(universe.clock().instant()).isEqualTo(universe.now());
  }

  @Universe(seed = 3)
  void aRegionMayDieAndComeBack(DataSource db, LiveUniverse universe) throws SQLException {
    add(db, 1);
    universe.powerOff("us");
    assertThat(universe.running()).containsExactly("server-1", "server-3");
    add(db, 1);
    String leader = universe.killLeader();
    assertThat(universe.running()).doesNotContain(leader);
    universe.start("us");
    universe.start(leader);
    add(db, 1);
    assertThat(read(db)).isEqualTo(3);
  }

  @Universe(seed = 4)
  void aCutOffRegionCannotWriteAndTheOthersCan(LiveUniverse universe) throws SQLException {
    universe.isolate("asia");
    universe.advance(Duration.ofSeconds(10));
    add(universe.dataSource("eu"), 1);
    CompletableFuture<String> failed = new CompletableFuture<>();
    Client far =
        universe.clientIn(
            "asia",
            "far",
            () -> {
              try (Connection connection = universe.dataSource("asia").getConnection();
                  Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(2);
                statement.execute("UPDATE t SET n = n + 1000 WHERE id = 1");
              } catch (SQLException e) {
                failed.complete(e.getSQLState());
              }
            });
    far.join();
    assertThat(failed).isDone();
    universe.join();
    universe.advance(Duration.ofSeconds(5));
    assertThat(read(universe.dataSource("asia"))).isIn(1L, 1001L);
  }

  @Universe(
      seed = 11,
      seeds = 2,
      faults = {Fault.SERVER_CRASHES, Fault.NETWORK_CUTS, Fault.BROKEN_CONNECTIONS},
      faultEveryMillis = 2_000)
  void nothingIsLostUnderFaults(DataSource db, LiveUniverse universe) throws SQLException {
    List<Client> clients = new ArrayList<>();
    List<String> done = new ArrayList<>();
    for (String region : universe.regions()) {
      clients.add(
          universe.clientIn(
              region,
              "adds in " + region,
              () -> {
                for (int i = 0; i < 5; i++) {
                  try {
                    add(db, 1);
                    done.add(region);
                  } catch (SQLException e) {
                    assertThat(e.getSQLState()).as("%s", e).matches("08...|40...|57...|53...");
                  }
                  universe.advance(Duration.ofMillis(300));
                }
              }));
    }
    clients.forEach(Client::join);
    universe.heal();
    universe.advance(Duration.ofSeconds(5));
    assertThat(read(db)).isBetween((long) done.size(), 15L);
  }

  @Universe(seed = 5, seeds = 1)
  void theSameSeedGivesTheSameRun(DataSource db, LiveUniverse universe) throws SQLException {
    run(db, universe);
  }

  @Universe(seed = 5, seeds = 1)
  void andAgain(DataSource db, LiveUniverse universe) throws SQLException {
    run(db, universe);
  }

  private static void run(DataSource db, LiveUniverse universe) throws SQLException {
    universe.concurrently(() -> add(db, universe.random(10)), () -> add(db, 1));
    HASHES.add(read(db) + " " + universe.now() + " " + universe.hash());
    assertThat(HASHES).containsOnly(HASHES.getFirst());
  }

  @Universe
  void aForeignThreadIsRefusedByName(DataSource db) throws Exception {
    CompletableFuture<Throwable> seen = new CompletableFuture<>();
    Thread foreign =
        Thread.ofPlatform()
            .name("pool-1")
            .start(() -> {
              try {
                read(db);
              } catch (SQLException | RuntimeException e) {
                seen.complete(e);
              }
            });
    foreign.join();
    assertThat(seen.get(1, TimeUnit.SECONDS))
        .hasMessageContaining("pool-1")
        .hasMessageContaining("universe.client");
  }

  @Universe
  void wrongNamesAreToldWithTheRightOnes(LiveUniverse universe) {
    assertThatThrownBy(() -> universe.kill("mars"))
        .hasMessageContaining("eu")
        .hasMessageContaining("server-1");
    assertThatThrownBy(() -> universe.dataSource("mars")).hasMessageContaining("mars");
  }

  @Universe(regions = 1, serversPerRegion = 3, latency = "lan", seed = 9)
  @Nested
  class OnAClass {
    @Test
    void ordinaryTestsWork(DataSource db, LiveUniverse universe) throws SQLException {
      assertThat(universe.servers()).hasSize(3);
      assertThat(universe.regions()).containsExactly("eu");
      try (Connection connection = db.getConnection();
          Statement statement = connection.createStatement()) {
        assertThat(statement.execute("SELECT 1")).isTrue();
      }
    }
  }
}
