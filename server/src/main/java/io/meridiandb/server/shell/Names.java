package io.meridiandb.server.shell;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;

/** Completes keywords, and names of tables and columns; the names are read at the first Tab. */
final class Names implements Completer {
  private static final List<String> KEYWORDS =
      List.of(
          "ALTER TABLE",
          "AND",
          "AS",
          "ASC",
          "BEGIN",
          "BETWEEN",
          "BIGINT",
          "BOOLEAN",
          "BY",
          "BYTEA",
          "CASE",
          "CAST",
          "COALESCE",
          "COMMIT",
          "COUNT",
          "CREATE TABLE",
          "DATE",
          "DEFAULT",
          "DELETE FROM",
          "DESC",
          "DISTINCT",
          "DOUBLE PRECISION",
          "DROP TABLE",
          "ELSE",
          "END",
          "EXISTS",
          "EXPLAIN",
          "FALSE",
          "FROM",
          "GROUP BY",
          "HAVING",
          "IN",
          "INNER JOIN",
          "INSERT INTO",
          "INTEGER",
          "INTERLEAVE IN PARENT",
          "IS NOT NULL",
          "IS NULL",
          "JOIN",
          "LEFT JOIN",
          "LIKE",
          "LIMIT",
          "MAX",
          "MIN",
          "NOT",
          "NULL",
          "NUMERIC",
          "OFFSET",
          "ON",
          "OR",
          "ORDER BY",
          "PRIMARY KEY",
          "RETURNING",
          "ROLLBACK",
          "SELECT",
          "SET",
          "SMALLINT",
          "SUM",
          "TEXT",
          "THEN",
          "TIMESTAMP",
          "TIMESTAMPTZ",
          "TRUE",
          "UNION ALL",
          "UPDATE",
          "UUID",
          "VALUES",
          "WHEN",
          "WHERE",
          "WITH");

  private static final List<String> COMMANDS =
      List.of("\\d", "\\dt", "\\dS", "\\x", "\\timing", "\\format", "\\i", "\\q", "\\?");

  private final SqlSession session;
  private @Nullable TreeSet<String> names;

  Names(SqlSession session) {
    this.session = session;
  }

  /** The names may have changed. */
  void forget() {
    names = null;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String word = line.word();
    if (word.startsWith("\\")) {
      COMMANDS.forEach(command -> candidates.add(new Candidate(command)));
      return;
    }
    for (String name : matching(word)) {
      candidates.add(new Candidate(name));
    }
  }

  /** All keywords and names that begin so; keywords in the letters' case of what was typed. */
  List<String> matching(String word) {
    String prefix = word.toLowerCase(Locale.ROOT);
    boolean lower = !word.isEmpty() && word.equals(prefix);
    TreeSet<String> found = new TreeSet<>();
    for (String keyword : KEYWORDS) {
      if (keyword.toLowerCase(Locale.ROOT).startsWith(prefix)) {
        found.add(lower ? keyword.toLowerCase(Locale.ROOT) : keyword);
      }
    }
    int dot = word.lastIndexOf('.');
    String qualifier = word.substring(0, dot + 1);
    for (String name : names()) {
      if (name.startsWith(prefix.substring(dot + 1))) {
        found.add(qualifier + name);
      }
    }
    return List.copyOf(found);
  }

  private TreeSet<String> names() {
    TreeSet<String> known = names;
    if (known == null) {
      known = new TreeSet<>();
      try {
        for (SqlSession.Table table : session.tables(false)) {
          known.add(table.name());
          SqlSession.Shape shape = session.shape(table.name());
          if (shape != null) {
            for (SqlSession.Column column : shape.columns()) {
              known.add(column.name());
            }
          }
        }
        names = known;
      } catch (SQLException e) {
        return known; // keywords alone; the next Tab asks again
      }
    }
    return known;
  }
}
