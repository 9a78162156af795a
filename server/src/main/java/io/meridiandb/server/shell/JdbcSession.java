package io.meridiandb.server.shell;

import io.meridiandb.jdbc.MeridianConnection;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A session over JDBC. */
final class JdbcSession implements SqlSession {
  private static final String SCHEMA = "public";

  private final Connection connection;
  private volatile @Nullable Statement running;

  JdbcSession(Connection connection) {
    this.connection = connection;
  }

  @Override
  public Outcome execute(String sql) throws SQLException {
    Statement statement = connection.createStatement();
    running = statement;
    try {
      boolean rows = statement.execute(sql);
      return rows ? new RowsOutcome(statement) : new CountOutcome(statement);
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  @Override
  public void cancel() {
    Statement statement = running;
    if (statement != null) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        running = null; // it has ended in the meantime
      }
    }
  }

  private static List<String> warnings(Statement statement) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
      texts.add(String.valueOf(w.getMessage()));
    }
    return texts;
  }

  /** A statement without rows. */
  private static final class CountOutcome implements Outcome {
    private final Statement statement;
    private final long count;
    private final List<String> notices;

    CountOutcome(Statement statement) throws SQLException {
      this.statement = statement;
      this.count = statement.getLargeUpdateCount();
      this.notices = warnings(statement);
    }

    @Override
    public List<Head> heads() {
      return List.of();
    }

    @Override
    public @Nullable List<@Nullable String> next() {
      return null;
    }

    @Override
    public long count() {
      return count;
    }

    @Override
    public List<String> notices() {
      return notices;
    }

    @Override
    public void close() throws SQLException {
      statement.close();
    }
  }

  /** A statement with rows. */
  private static final class RowsOutcome implements Outcome {
    private final Statement statement;
    private final ResultSet rows;
    private final List<Head> heads = new ArrayList<>();

    RowsOutcome(Statement statement) throws SQLException {
      this.statement = statement;
      this.rows = statement.getResultSet();
      ResultSetMetaData columns = rows.getMetaData();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        heads.add(new Head(columns.getColumnLabel(i), look(columns, i)));
      }
    }

    private static Look look(ResultSetMetaData columns, int column) throws SQLException {
      return switch (columns.getColumnType(column)) {
        case Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.REAL, Types.DOUBLE, Types.NUMERIC ->
            Look.NUMBER;
        case Types.BOOLEAN -> Look.BOOLEAN;
        default -> columns.getColumnTypeName(column).equals("jsonb") ? Look.JSON : Look.TEXT;
      };
    }

    @Override
    public List<Head> heads() {
      return heads;
    }

    @Override
    public @Nullable List<@Nullable String> next() throws SQLException {
      if (!rows.next()) {
        return null;
      }
      List<@Nullable String> row = new ArrayList<>(heads.size());
      for (int i = 1; i <= heads.size(); i++) {
        row.add(rows.getString(i));
      }
      return row;
    }

    @Override
    public long count() {
      return -1;
    }

    @Override
    public List<String> notices() {
      return List.of();
    }

    @Override
    public void close() throws SQLException {
      statement.close();
    }
  }

  @Override
  public List<Table> tables(boolean system) throws SQLException {
    List<Table> tables = new ArrayList<>();
    try (ResultSet rows =
        connection.getMetaData().getTables(null, system ? null : SCHEMA, "%", null)) {
      while (rows.next()) {
        tables.add(
            new Table(
                String.valueOf(rows.getString("TABLE_SCHEM")),
                String.valueOf(rows.getString("TABLE_NAME")),
                String.valueOf(rows.getString("TABLE_TYPE"))));
      }
    }
    return tables;
  }

  @Override
  public @Nullable Shape shape(String name) throws SQLException {
    int dot = name.indexOf('.');
    String schema = dot < 0 ? SCHEMA : name.substring(0, dot);
    String table = name.substring(dot + 1);
    DatabaseMetaData meta = connection.getMetaData();
    List<Column> columns = new ArrayList<>();
    try (ResultSet rows = meta.getColumns(null, literal(schema), literal(table), "%")) {
      while (rows.next()) {
        columns.add(
            new Column(
                String.valueOf(rows.getString("COLUMN_NAME")),
                type(rows),
                !"NO".equals(rows.getString("IS_NULLABLE")),
                rows.getString("COLUMN_DEF")));
      }
    }
    if (columns.isEmpty()) {
      return null;
    }
    Map<Integer, String> key = new TreeMap<>();
    try (ResultSet rows = meta.getPrimaryKeys(null, schema, table)) {
      while (rows.next()) {
        key.put(rows.getInt("KEY_SEQ"), String.valueOf(rows.getString("COLUMN_NAME")));
      }
    }
    return new Shape(name, columns, List.copyOf(key.values()), parent(schema, table));
  }

  /** A name as a pattern that matches itself only. */
  private static String literal(String name) {
    return name.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%");
  }

  private static String type(ResultSet column) throws SQLException {
    String name = String.valueOf(column.getString("TYPE_NAME"));
    int size = column.getInt("COLUMN_SIZE");
    return switch (column.getInt("DATA_TYPE")) {
      case Types.NUMERIC ->
          size == 0 ? name : name + "(" + size + "," + column.getInt("DECIMAL_DIGITS") + ")";
      case Types.VARCHAR -> size == 0 ? name : name + "(" + size + ")";
      default -> name;
    };
  }

  private @Nullable String parent(String schema, String table) throws SQLException {
    if (!schema.equals(SCHEMA)) {
      return null;
    }
    try (var statement =
        connection.prepareStatement(
            "SELECT parent_name FROM meridian_sys.tables WHERE table_name = ?")) {
      statement.setString(1, table);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }

  @Override
  public TransactionStatus transaction() {
    try {
      MeridianConnection meridian = connection.unwrap(MeridianConnection.class);
      if (meridian.isTransactionFailed()) {
        return TransactionStatus.FAILED;
      }
      return meridian.isTransactionOpen() ? TransactionStatus.OPEN : TransactionStatus.NONE;
    } catch (SQLException e) {
      return TransactionStatus.NONE; // another database's connection does not say
    }
  }

  @Override
  public boolean isOpen() {
    try {
      return !connection.isClosed();
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public String greeting() throws SQLException {
    DatabaseMetaData meta = connection.getMetaData();
    String server =
        connection.isWrapperFor(MeridianConnection.class)
            ? ", server " + connection.unwrap(MeridianConnection.class).getServerName()
            : "";
    return meta.getDatabaseProductName() + " " + meta.getDatabaseProductVersion() + server;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
