package io.meridiandb.server.shell;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the shell needs of a database. */
interface SqlSession extends AutoCloseable {
  /** How a column's values are to be shown. */
  enum Look {
    TEXT,
    NUMBER,
    BOOLEAN,
    JSON
  }

  /** A column of a result. */
  record Head(String name, Look look) {}

  /** What a statement gave. */
  interface Outcome extends AutoCloseable {
    /** The columns; empty for a statement without rows. */
    List<Head> heads();

    /** The next row's values as text, or null after the last. */
    @Nullable List<@Nullable String> next() throws SQLException;

    /** Rows that a statement without rows changed; -1 if that makes no sense. */
    long count();

    /** What the server wants to be said besides. */
    List<String> notices();

    @Override
    void close() throws SQLException;
  }

  /** A table for {@code \dt}. */
  record Table(String schema, String name, String kind) {}

  /** A column for {@code \d TABLE}. */
  record Column(String name, String type, boolean nullable, @Nullable String defaultText) {}

  /** A table for {@code \d TABLE}; parent is null for a root table. */
  record Shape(
      String name, List<Column> columns, List<String> primaryKey, @Nullable String parent) {}

  /** Where a transaction stands; it is part of the prompt. */
  enum TransactionStatus {
    NONE,
    OPEN,
    FAILED
  }

  /** Executes one statement. */
  Outcome execute(String sql) throws SQLException;

  /** Stops what runs; from any thread. */
  void cancel();

  /** The users' tables, and the system's if asked for. */
  List<Table> tables(boolean system) throws SQLException;

  /** The shape of a table, or null if there is none of that name. */
  @Nullable Shape shape(String table) throws SQLException;

  TransactionStatus transaction();

  /** Whether the connection can still be used. */
  boolean isOpen();

  /** One line about what is connected to. */
  String greeting() throws SQLException;

  @Override
  void close() throws SQLException;
}
