package io.meridiandb.simulator.client;

import io.meridiandb.jdbc.MeridianConnection;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A client that is an application: it goes through the JDBC driver and believes what that says of a
 * transaction's end. So the driver's own way of finding that out is what is tested.
 */
public final class DriverClient implements SqlClient {
  /** The only state in which the driver does not know whether a transaction is committed. */
  private static final String OUTCOME_UNKNOWN = "08007";

  private static final String CONNECTION_CLASS = "08";
  private static final int STATEMENT_SECONDS = 12;

  /** What surrounds a client. */
  public interface Place {
    /** Random numbers of its own. */
    RandomSource random();

    /** Lets time pass. */
    void pause(Duration length);

    /** A statement is about to be sent; what it does is open until {@link #ended}. */
    default void begins(String sql) {}

    /** The client knows how its transaction has ended, or will not know. */
    default void ended() {}
  }

  private final DataSource source;
  private final Place place;
  private @Nullable MeridianConnection connection;
  private boolean inTransaction;

  /** A client that connects when it has to. */
  public DriverClient(DataSource source, Place place) {
    this.source = source;
    this.place = place;
  }

  @Override
  public RandomSource random() {
    return place.random();
  }

  @Override
  public void pause(Duration length) {
    place.pause(length);
  }

  @Override
  public Answer execute(String sql, Value... parameters) throws SqlFailed, LinkLost {
    place.begins(sql);
    try {
      return tryExecute(sql, parameters);
    } catch (SQLException e) {
      if (isOfConnection(e)) {
        leave();
      }
      if (isOfConnection(e) && !isUnknown(e)) {
        throw new LinkLost(say(e));
      }
      throw new SqlFailed(say(e), isUnknown(e));
    } finally {
      if (!inTransaction) {
        place.ended();
      }
    }
  }

  private Answer tryExecute(String sql, Value... parameters) throws SQLException {
    MeridianConnection open = connection();
    open.clearWarnings();
    long before = open.getCommitTimestampNanos();
    try (PreparedStatement statement = open.prepareStatement(sql)) {
      statement.setQueryTimeout(STATEMENT_SECONDS);
      for (int i = 0; i < parameters.length; i++) {
        bind(statement, i + 1, parameters[i]);
      }
      List<List<Value>> rows = new ArrayList<>();
      if (statement.execute()) {
        try (ResultSet results = statement.getResultSet()) {
          while (results.next()) {
            rows.add(row(results));
          }
        }
      }
      long after = open.getCommitTimestampNanos();
      return new Answer(
          rows, after == before ? 0 : after, open.getReadTimestampNanos(), notices(open));
    }
  }

  private static List<String> notices(Connection open) throws SQLException {
    List<String> notices = new ArrayList<>();
    for (SQLWarning at = open.getWarnings(); at != null; at = at.getNextWarning()) {
      notices.add(String.valueOf(at.getMessage()));
    }
    return notices;
  }

  private static void bind(PreparedStatement statement, int at, Value value) throws SQLException {
    if (value.hasInteger()) {
      statement.setLong(at, value.getInteger());
    } else if (value.hasText()) {
      statement.setString(at, value.getText());
    } else {
      throw new IllegalArgumentException("no workload binds " + value);
    }
  }

  private static List<Value> row(ResultSet results) throws SQLException {
    List<Value> row = new ArrayList<>();
    for (int i = 1; i <= results.getMetaData().getColumnCount(); i++) {
      row.add(
          switch (results.getObject(i)) {
            case null -> Values.NULL;
            case Boolean truth -> Values.of(truth);
            case BigDecimal number -> Values.ofText(Type.Kind.NUMERIC, number.toPlainString());
            case Number number -> Values.ofInteger(Type.Kind.BIGINT, number.longValue());
            case Object other -> Values.ofText(Type.Kind.TEXT, other.toString());
          });
    }
    return row;
  }

  @Override
  public Ending update(String sql, Value... parameters) {
    try {
      return Ending.committed(execute(sql, parameters).commitNanos());
    } catch (SqlFailed e) {
      return e.outcomeUnknown() ? Ending.unknown(say(e)) : Ending.aborted(say(e));
    } catch (LinkLost e) {
      return Ending.aborted(say(e));
    }
  }

  @Override
  public Ending transaction(Body body) {
    inTransaction = true;
    try {
      MeridianConnection open = connection();
      open.setAutoCommit(false);
      body.run(this);
      return commit(open);
    } catch (SQLException | SqlFailed | LinkLost e) {
      rollBack();
      return Ending.aborted(say(e));
    } finally {
      inTransaction = false;
      place.ended();
    }
  }

  private Ending commit(MeridianConnection open) {
    long before = open.getCommitTimestampNanos();
    try {
      open.commit();
      open.setAutoCommit(true);
      long after = open.getCommitTimestampNanos();
      return Ending.committed(after == before ? 0 : after);
    } catch (SQLException e) {
      rollBack();
      return isUnknown(e) ? Ending.unknown(say(e)) : Ending.aborted(say(e));
    }
  }

  /** Makes the connection ready for the next transaction, or lets it go. */
  private void rollBack() {
    MeridianConnection open = connection;
    if (open == null || open.isClosed()) {
      return;
    }
    try {
      open.setAutoCommit(false);
      open.rollback();
      open.setAutoCommit(true);
    } catch (SQLException e) {
      leave(); // the server rolls back with the connection
    }
  }

  private MeridianConnection connection() throws SQLException {
    MeridianConnection open = connection;
    if (open == null || open.isClosed()) {
      open = source.getConnection().unwrap(MeridianConnection.class);
      connection = open;
    }
    return open;
  }

  /** Lets the connection go: the next statement makes a new one. */
  private void leave() {
    MeridianConnection open = connection;
    connection = null;
    if (open != null) {
      open.close();
    }
  }

  private static boolean isOfConnection(SQLException e) {
    return String.valueOf(e.getSQLState()).startsWith(CONNECTION_CLASS);
  }

  private static boolean isUnknown(SQLException e) {
    return OUTCOME_UNKNOWN.equals(e.getSQLState());
  }

  private static String say(Exception e) {
    return e instanceof SQLException sql
        ? sql.getSQLState() + ": " + sql.getMessage()
        : String.valueOf(e.getMessage());
  }
}
