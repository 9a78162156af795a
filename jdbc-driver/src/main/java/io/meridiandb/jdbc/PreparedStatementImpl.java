package io.meridiandb.jdbc;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.WireLimits;
import io.meridiandb.wire.proto.ExecuteBatch;
import io.meridiandb.wire.proto.ParameterRow;
import io.meridiandb.wire.proto.Prepared;
import io.meridiandb.wire.proto.Value;
import java.sql.ParameterMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement with parameters. Preparing costs no round trip: the server keeps plans by the
 * statement's text, so the text travels with each execution.
 */
final class PreparedStatementImpl extends ParameterSetters {
  private final String sql;
  private final List<@Nullable Value> parameters = new ArrayList<>();
  private final List<ParameterRow> rows = new ArrayList<>();
  private @Nullable Prepared shape;

  PreparedStatementImpl(ConnectionImpl connection, int fetchSize, String sql) {
    super(connection, fetchSize);
    this.sql = sql;
  }

  @Override
  void set(int parameter, Value value) throws SQLException {
    checkOpen();
    if (parameter < 1 || parameter > WireLimits.PARAMETERS_MAX) {
      throw SqlErrors.invalidArgument(
          "parameters are numbered from 1 to " + WireLimits.PARAMETERS_MAX + ", not " + parameter);
    }
    while (parameters.size() < parameter) {
      parameters.add(null);
    }
    parameters.set(parameter - 1, value);
  }

  @Override
  public void clearParameters() throws SQLException {
    checkOpen();
    parameters.clear();
  }

  private List<Value> values() throws SQLException {
    List<Value> values = new ArrayList<>(parameters.size());
    for (Value value : parameters) {
      if (value == null) {
        throw SqlErrors.of(
            new MeridianException(
                ErrorCode.UNDEFINED_PARAMETER,
                "parameter " + (values.size() + 1) + " has no value"));
      }
      values.add(value);
    }
    return values;
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    run(sql, values());
    return requireRows();
  }

  @Override
  public int executeUpdate() throws SQLException {
    return toInt(executeLargeUpdate());
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    run(sql, values());
    return requireCount();
  }

  @Override
  public boolean execute() throws SQLException {
    run(sql, values());
    return getResultSet() != null;
  }

  // Batches.

  @Override
  public void addBatch() throws SQLException {
    checkOpen();
    rows.add(ParameterRow.newBuilder().addAllParameters(values()).build());
  }

  @Override
  public void clearBatch() throws SQLException {
    super.clearBatch();
    rows.clear();
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    checkOpen();
    closeResult();
    List<ParameterRow> all = List.copyOf(rows);
    rows.clear();
    if (all.isEmpty()) {
      return new long[0];
    }
    long bytesMax = link().isEachStatementATransaction() ? Long.MAX_VALUE : Batches.REQUEST_BYTES;
    Batches batches = new Batches(this);
    int from = 0;
    while (from < all.size()) {
      int to = from;
      long bytes = 0;
      while (to < all.size() && (to == from || bytes < bytesMax)) {
        bytes += all.get(to).getSerializedSize();
        to++;
      }
      batches.add(
          ExecuteBatch.newBuilder()
              .setSql(sql)
              .addAllRows(all.subList(from, to))
              .setTimeoutMillis(timeoutMillis()),
          to - from);
      from = to;
    }
    return runBatch(batches);
  }

  // The statement's shape, asked for once.

  private Prepared shape() throws SQLException {
    checkOpen();
    Prepared known = shape;
    if (known == null) {
      known = link().prepare(sql);
      shape = known;
    }
    return known;
  }

  @Override
  public @Nullable ResultSetMetaData getMetaData() throws SQLException {
    Prepared known = shape();
    return known.getReturnsRows() ? new ColumnsMetaData(known.getColumnsList()) : null;
  }

  @Override
  public ParameterMetaData getParameterMetaData() throws SQLException {
    return new ParametersMetaData(shape().getParameterTypesList());
  }

  // The text is fixed: what takes another is for plain statements.

  private static SQLException otherText() {
    return SqlErrors.invalidState(
        "a prepared statement has its text; call the method without one, or createStatement");
  }

  @Override
  public ResultSet executeQuery(String other) throws SQLException {
    throw otherText();
  }

  @Override
  public long executeLargeUpdate(String other) throws SQLException {
    throw otherText();
  }

  @Override
  public boolean execute(String other) throws SQLException {
    throw otherText();
  }

  @Override
  public void addBatch(String other) throws SQLException {
    throw otherText();
  }

  /** The statement's text. */
  @Override
  public String toString() {
    return sql;
  }
}
