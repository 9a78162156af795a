package io.meridiandb.bench.crash;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that move money, and the book-keeping that convicts a database which loses or repeats.
 *
 * <p>Each transfer is one transaction of two updates and one inserted row that tells what it did.
 * So at any quiet moment each account must hold its first balance plus what the rows say it
 * received minus what it gave: a lost half, a transfer executed twice and a vanished row all show.
 * Transfers that were acknowledged are remembered here and must be among the rows.
 */
final class BankLoad {
  static final int ACCOUNTS = 40;
  static final long FIRST_BALANCE = 1_000;
  private static final long RETRY_MILLIS = 50;
  private static final int QUERY_TIMEOUT_SECONDS = 20;

  private final String url;
  private final List<String> homes;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final Map<String, Boolean> acknowledged = new ConcurrentHashMap<>();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong unknown = new AtomicLong();
  private final List<Thread> clients = new ArrayList<>();
  private volatile long lastAcknowledgedNanos;

  /** Accounts in one table, placed nowhere in particular. */
  BankLoad(String url) {
    this(url, List.of());
  }

  /**
   * Accounts in as many tables as there are placements, so that most transfers go across groups.
   *
   * @param homes names of placements; a table of accounts lies in each
   */
  BankLoad(String url, List<String> homes) {
    this.url = url;
    this.homes = List.copyOf(homes);
  }

  /** The table that holds an account. */
  private String table(long account) {
    return homes.isEmpty() ? "accounts" : tables().get((int) (account % homes.size()));
  }

  private List<String> tables() {
    return homes.isEmpty()
        ? List.of("accounts")
        : homes.stream().map(home -> "accounts_" + home).toList();
  }

  /** Acknowledged transfers one after another: when the last one was, by the boot clock. */
  long lastAcknowledgedNanos() {
    return lastAcknowledgedNanos;
  }

  long acknowledgedTransfers() {
    return acknowledged.size();
  }

  long failedAttempts() {
    return failures.get();
  }

  long unknownOutcomes() {
    return unknown.get();
  }

  void createTables() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String table : tables()) {
        String placed = homes.isEmpty() ? "" : " PLACEMENT " + homes.get(tables().indexOf(table));
        statement.execute(
            "CREATE TABLE %s (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)%s"
                .formatted(table, placed));
      }
      statement.execute(
          "CREATE TABLE transfers (id TEXT PRIMARY KEY, giver BIGINT NOT NULL,"
              + " taker BIGINT NOT NULL, amount BIGINT NOT NULL)");
      for (long i = 0; i < ACCOUNTS; i++) {
        statement.execute(
            "INSERT INTO %s (id, balance) VALUES (%d, %d)".formatted(table(i), i, FIRST_BALANCE));
      }
    }
  }

  void start(int count, long seed) {
    for (int i = 0; i < count; i++) {
      int client = i;
      clients.add(
          Thread.ofPlatform()
              .name("client-" + i)
              .daemon()
              .start(() -> run(client, new SplittableRandom(seed * 31 + client))));
    }
  }

  void stop() throws InterruptedException {
    stop.set(true);
    for (Thread client : clients) {
      client.join();
    }
  }

  private void run(int client, SplittableRandom random) {
    long number = 0;
    while (!stop.get()) {
      try (Connection connection = DriverManager.getConnection(url)) {
        connection.setAutoCommit(false);
        while (!stop.get()) {
          transfer(connection, "c" + client + "-" + number++, random);
        }
      } catch (SQLException e) {
        failures.incrementAndGet();
        pause();
      }
    }
  }

  private void transfer(Connection connection, String id, SplittableRandom random)
      throws SQLException {
    long giver = random.nextInt(ACCOUNTS);
    long taker = (giver + 1L + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
    long amount = 1L + random.nextInt(20);
    try {
      add(connection, giver, -amount);
      add(connection, taker, amount);
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO transfers (id, giver, taker, amount) VALUES (?, ?, ?, ?)")) {
        insert.setQueryTimeout(QUERY_TIMEOUT_SECONDS);
        insert.setString(1, id);
        insert.setLong(2, giver);
        insert.setLong(3, taker);
        insert.setLong(4, amount);
        insert.executeUpdate();
      }
      connection.commit();
      acknowledged.put(id, true);
      lastAcknowledgedNanos = System.nanoTime();
    } catch (SQLException e) {
      failures.incrementAndGet();
      if ("08007".equals(e.getSQLState())) {
        unknown.incrementAndGet();
      }
      if (!connection.isValid(1)) {
        throw e;
      }
      connection.rollback();
      pause();
    }
  }

  private void add(Connection connection, long account, long amount) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE %s SET balance = balance + ? WHERE id = ?".formatted(table(account)))) {
      update.setQueryTimeout(QUERY_TIMEOUT_SECONDS);
      update.setLong(1, amount);
      update.setLong(2, account);
      int rows = update.executeUpdate();
      if (rows != 1) {
        throw new IllegalStateException("account " + account + ": " + rows + " rows updated");
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Strikes off the accounts of one table; their sum. */
  private static long checkTable(
      Statement statement, String table, Map<Long, Long> balance, List<String> wrong)
      throws SQLException {
    long total = 0;
    try (ResultSet rows = statement.executeQuery("SELECT id, balance FROM " + table)) {
      while (rows.next()) {
        long id = rows.getLong(1);
        long held = rows.getLong(2);
        total += held;
        Long due = balance.remove(id);
        if (due == null) {
          wrong.add("account %d is there twice or was never opened".formatted(id));
        } else if (due != held) {
          wrong.add("account %d holds %d, its transfers say %d".formatted(id, held, due));
        }
      }
    }
    return total;
  }

  /** Compares the tables with what was acknowledged; returns one sentence for each thing wrong. */
  List<String> check() throws SQLException {
    // What was acknowledged before the read begins must be in it; what comes later may be.
    Map<String, Boolean> expected = new TreeMap<>(acknowledged);
    List<String> wrong = new ArrayList<>();
    Map<Long, Long> balance = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      for (long i = 0; i < ACCOUNTS; i++) {
        balance.put(i, FIRST_BALANCE);
      }
      try (ResultSet rows =
          statement.executeQuery("SELECT id, giver, taker, amount FROM transfers")) {
        while (rows.next()) {
          expected.remove(rows.getString(1));
          balance.merge(rows.getLong(2), -rows.getLong(4), Long::sum);
          balance.merge(rows.getLong(3), rows.getLong(4), Long::sum);
        }
      }
      long total = 0;
      for (String table : tables()) {
        total += checkTable(statement, table, balance, wrong);
      }
      connection.commit();
      balance.keySet().forEach(id -> wrong.add("account %d is gone".formatted(id)));
      if (total != 1L * ACCOUNTS * FIRST_BALANCE) {
        wrong.add("the total is %d, not %d".formatted(total, 1L * ACCOUNTS * FIRST_BALANCE));
      }
    }
    expected.keySet().stream()
        .limit(10)
        .forEach(id -> wrong.add("acknowledged transfer %s is lost".formatted(id)));
    if (expected.size() > 10) {
      wrong.add("%d acknowledged transfers are lost in all".formatted(expected.size()));
    }
    return wrong;
  }
}
