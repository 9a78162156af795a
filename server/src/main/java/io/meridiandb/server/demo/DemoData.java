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
              "SELECT count(*) FROM information_schema.tables"
                  + " WHERE table_name IN ('countries', 'cities')")) {
        tables.next();
        if (tables.getLong(1) < 2) {
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
      statement.execute("DROP TABLE IF EXISTS cities");
      statement.execute("DROP TABLE IF EXISTS countries");
      statement.execute(CREATE_COUNTRIES);
      statement.execute(CREATE_CITIES);
    }
    long done = loadCountries();
    progress.rows(done, COUNTRIES + CITIES);
    loadCities(done, progress);
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
