package io.meridiandb.server.shell;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A database of prepared answers that remembers what was asked. */
final class FakeDatabase implements SqlSession {
  final List<String> executed = new ArrayList<>();
  final Map<String, Answer> answers = new LinkedHashMap<>();
  final CountDownLatch running = new CountDownLatch(1);
  final CountDownLatch canceled = new CountDownLatch(1);
  TransactionStatus transaction = TransactionStatus.NONE;
  boolean open = true;
  boolean closed;

  /** Prepared rows, or a count. */
  record Answer(List<Head> heads, List<List<@Nullable String>> rows, long count) {}

  FakeDatabase rows(String sql, List<Head> heads, List<List<@Nullable String>> rows) {
    answers.put(sql, new Answer(heads, rows, -1));
    return this;
  }

  FakeDatabase count(String sql, long count) {
    answers.put(sql, new Answer(List.of(), List.of(), count));
    return this;
  }

  static List<@Nullable String> row(@Nullable String... values) {
    return Arrays.asList(values);
  }

  @Override
  public Outcome execute(String sql) throws SQLException {
    executed.add(sql);
    if (sql.equals("SELECT forever")) {
      running.countDown();
      awaitCancel();
      throw new SQLException("canceled", "57014");
    }
    Answer answer = answers.get(sql);
    if (answer == null) {
      int at = sql.indexOf("SELEKT");
      MeridianException error =
          new MeridianException(
              ErrorCode.SYNTAX_ERROR, "no such word", "Write SELECT.", at < 0 ? 0 : at + 1, null);
      throw new SQLException("no such word\n  Hint: Write SELECT.", "42601", error);
    }
    Iterator<List<@Nullable String>> rows = answer.rows().iterator();
    return new Outcome() {
      @Override
      public List<Head> heads() {
        return answer.heads();
      }

      @Override
      public @Nullable List<@Nullable String> next() {
        return rows.hasNext() ? rows.next() : null;
      }

      @Override
      public long count() {
        return answer.count();
      }

      @Override
      public List<String> notices() {
        return List.of();
      }

      @Override
      public void close() {}
    };
  }

  private void awaitCancel() {
    try {
      canceled.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void cancel() {
    canceled.countDown();
  }

  @Override
  public List<Table> tables(boolean system) {
    return List.of(
        new Table("public", "cities", "TABLE"), new Table("public", "countries", "TABLE"));
  }

  @Override
  public @Nullable Shape shape(String table) {
    if (!table.equals("cities")) {
      return null;
    }
    return new Shape(
        "cities",
        List.of(
            new Column("country", "text", false, null),
            new Column("id", "bigint", false, null),
            new Column("population", "bigint", true, "0")),
        List.of("country", "id"),
        "countries");
  }

  @Override
  public TransactionStatus transaction() {
    return transaction;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public String greeting() {
    return "Fake 1.0";
  }

  @Override
  public void close() {
    closed = true;
  }
}
