package io.meridiandb.server.demo;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * The demo's tables and rows: 252 countries and 135,233 cities interleaved in them (GeoNames, CC BY
 * 4.0; countries-list, MIT; see NOTICE).
 */
final class DemoData {
  static final int COUNTRIES = 252;
  static final int CITIES = 135_233;

  /** Rows of one transaction: large enough to make the round trip cheap, far below the limits. */
  private static final int BATCH_ROWS = 1_000;

  private static final String DUPLICATE_OBJECT = "42710";

  private static final String CREATE_COUNTRIES =
      """
      CREATE TABLE countries (
        code TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        native_name TEXT,
        continent TEXT NOT NULL,
        capital TEXT,
        currencies TEXT,
        languages TEXT,
        phone TEXT)
        PLACEMENT world
      """;
  private static final String CREATE_CITIES =
      """
      CREATE TABLE cities (
        country TEXT NOT NULL,
        id BIGINT NOT NULL,
        name TEXT NOT NULL,
        admin_code TEXT,
        feature_code TEXT,
        population BIGINT NOT NULL,
        latitude DOUBLE PRECISION NOT NULL,
        longitude DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (country, id))
        INTERLEAVE IN PARENT countries ON DELETE CASCADE
      """;

  private static final List<String> CREATE_PLACEMENTS =
      List.of(
          "CREATE PLACEMENT world OPTIONS (leader = 'eu-west',"
              + " voters = 'eu-west-a, us-east-a, ap-south-a', read_only = 'ap-south-b')",
          "CREATE PLACEMENT atlantic OPTIONS (leader = 'us-east',"
              + " voters = 'us-east-a, eu-west-b', witnesses = 'ap-south-a',"
              + " read_only = 'ap-south-b')",
          "CREATE PLACEMENT europe OPTIONS (leader = 'eu-west',"
              + " voters = 'eu-west-b, us-east-a, ap-south-a')");

  private static final List<String> CREATE_OTHERS =
      List.of(
          "CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)"
              + " PLACEMENT atlantic",
          "CREATE TABLE ledger (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL) PLACEMENT europe",
          "CREATE TABLE payments (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL)"
              + " PLACEMENT atlantic",
          "CREATE TABLE beats (id BIGINT PRIMARY KEY) PLACEMENT world",
          "CREATE TABLE events (id BIGINT PRIMARY KEY) PLACEMENT world");

  private static final List<String> TABLES =
      List.of("cities", "countries", "accounts", "ledger", "payments", "beats", "events");

  private static final int ACCOUNTS = 100;

  /** Hears how many rows have been committed. */
  interface Progress {
    void rows(long done, long all);
  }

  private final Connection connection;

  DemoData(Connection connection) {
    this.connection = connection;
  }

  /** Whether a demo before this one has loaded everything. */
  boolean complete() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet tables =
          statement.executeQuery(
              "SELECT count(*) FROM information_schema.tables WHERE table_name IN ('"
                  + String.join("', '", TABLES)
                  + "')")) {
        tables.next();
        if (tables.getLong(1) < TABLES.size()) {
          return false;
        }
      }
      try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM cities")) {
        rows.next();
        return rows.getLong(1) == CITIES;
      }
    }
  }

  /** Makes the tables anew and loads them, in transactions of {@value #BATCH_ROWS} rows. */
  void load(Progress progress) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.execute("DROP TABLE IF EXISTS " + table);
      }
      createPlacements(statement);
      statement.execute(CREATE_COUNTRIES);
      statement.execute(CREATE_CITIES);
      for (String create : CREATE_OTHERS) {
        statement.execute(create);
      }
    }
    loadNumbers("INSERT INTO accounts (id, balance) VALUES (?, 1000)", ACCOUNTS);
    loadNumbers("INSERT INTO ledger (id, balance) VALUES (?, 1000)", ACCOUNTS);
    long done = loadCountries();
    progress.rows(done, COUNTRIES + CITIES);
    loadCities(done, progress);
  }

  private static void createPlacements(Statement statement) throws SQLException {
    for (String create : CREATE_PLACEMENTS) {
      try {
        statement.execute(create);
      } catch (SQLException e) {
        if (!DUPLICATE_OBJECT.equals(e.getSQLState())) {
          throw e;
        }
      }
    }
  }

  private void loadNumbers(String insert, int count) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      for (int i = 0; i < count; i++) {
        statement.setLong(1, i);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private long loadCountries() throws SQLException, IOException {
    long rows = 0;
    try (CsvReader<NamedCsvRecord> csv = open("countries.csv", false);
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO countries (code, name, native_name, continent, capital, currencies,"
                    + " languages, phone) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (NamedCsvRecord row : csv) {
        for (int i = 0; i < 8; i++) {
          insert.setString(i + 1, row.getField(i));
        }
        insert.addBatch();
        rows++;
      }
      insert.executeBatch();
    }
    return rows;
  }

  private void loadCities(long before, Progress progress) throws SQLException, IOException {
    long rows = 0;
    try (CsvReader<NamedCsvRecord> csv = open("cities.csv.gz", true);
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO cities (id, country, name, admin_code, feature_code, population,"
                    + " latitude, longitude) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (NamedCsvRecord row : csv) {
        insert.setLong(1, Long.parseLong(row.getField("id")));
        insert.setString(2, row.getField("country"));
        insert.setString(3, row.getField("name"));
        insert.setString(4, row.getField("admin_code"));
        insert.setString(5, row.getField("feature_code"));
        insert.setLong(6, Long.parseLong(row.getField("population")));
        insert.setDouble(7, Double.parseDouble(row.getField("latitude")));
        insert.setDouble(8, Double.parseDouble(row.getField("longitude")));
        insert.addBatch();
        rows++;
        if (rows % BATCH_ROWS == 0) {
          insert.executeBatch();
          progress.rows(before + rows, COUNTRIES + CITIES);
        }
      }
      insert.executeBatch();
      progress.rows(before + rows, COUNTRIES + CITIES);
    }
  }

  private static CsvReader<NamedCsvRecord> open(String name, boolean zipped) throws IOException {
    InputStream raw =
        Objects.requireNonNull(
            DemoData.class.getResourceAsStream(name), "the program was built without " + name);
    InputStream bytes = zipped ? new GZIPInputStream(raw) : raw;
    Reader text = new InputStreamReader(bytes, StandardCharsets.UTF_8);
    return CsvReader.builder().ofNamedCsvRecord(text);
  }
}
