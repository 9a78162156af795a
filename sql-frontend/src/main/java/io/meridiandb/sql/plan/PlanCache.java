package io.meridiandb.sql.plan;

import io.meridiandb.row.expr.Casts;
import io.meridiandb.row.expr.ValueText;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.parser.SqlLexer;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.parser.StatementLimits;
import io.meridiandb.sql.parser.StatementParser;
import io.meridiandb.sql.parser.Token;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Plans of a server, by text, schema version and parameter types; with constants in the text, by
 * the text's {@link Fingerprint}. A statement that is found here touches nothing of Calcite.
 * Callable from any fiber.
 */
public final class PlanCache {
  /** Most plans that are kept; the one that was not used for longest goes first. */
  public static final int PLANS_MAX = 2_000;

  /** Longer texts are planned each time, in {@code char}s. */
  public static final int TEXT_LENGTH_MAX = 32_768;

  private record Key(String text, SchemaVersion version, List<@Nullable SqlType> types) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, PlannedStatement> plans = new LinkedHashMap<>(16, 0.75f, true);
  private final AtomicReference<@Nullable StatementPlanner> planner = new AtomicReference<>();

  /** What a text turned out to be. */
  public sealed interface Prepared {
    /**
     * A query or a change of rows.
     *
     * @param constants values of the parameters, where constants of the text became parameters;
     *     otherwise null, and the client gives them
     */
    record Planned(PlannedStatement plan, @Nullable List<@Nullable Object> constants)
        implements Prepared {}

    /** Any other statement. */
    record Utility(Statement statement) implements Prepared {}
  }

  /**
   * The plan of a statement.
   *
   * @param declared the types of the client's parameters as far as it gave them
   * @throws MeridianException what is wrong with the statement, and where
   */
  public Prepared prepare(String sql, List<@Nullable SqlType> declared, Catalog catalog) {
    Key key = new Key(sql, catalog.version(), declared);
    PlannedStatement known = find(key);
    if (known != null) {
      return new Prepared.Planned(known, null);
    }
    StatementLimits.checkLength(sql);
    List<Token> tokens = SqlLexer.tokens(sql);
    if (sql.length() <= TEXT_LENGTH_MAX && declared.isEmpty()) {
      Prepared.Planned byFingerprint = byFingerprint(sql, tokens, catalog);
      if (byFingerprint != null) {
        return byFingerprint;
      }
    }
    Statement statement = StatementParser.parse(sql);
    if (!(statement instanceof Statement.Query) && !(statement instanceof Statement.Dml)) {
      return new Prepared.Utility(statement);
    }
    PlannedStatement plan =
        planner(catalog).plan(sql, statement, countParameters(sql, tokens), declared);
    if (sql.length() <= TEXT_LENGTH_MAX) {
      keep(key, plan);
    }
    return new Prepared.Planned(plan, null);
  }

  /** Plans a statement that stands inside another (EXPLAIN); it is not kept. */
  public PlannedStatement planInside(
      String sql, Statement statement, List<@Nullable SqlType> declared, Catalog catalog) {
    int parameters = countParameters(sql, SqlLexer.tokens(sql));
    return planner(catalog).plan(sql, statement, parameters, declared);
  }

  /** The planner of a catalog version; made once for each. */
  public StatementPlanner planner(Catalog catalog) {
    StatementPlanner known = planner.get();
    if (known != null && known.catalog() == catalog) {
      return known;
    }
    StatementPlanner made = new StatementPlanner(catalog);
    planner.set(made);
    return made;
  }

  private Prepared.@Nullable Planned byFingerprint(
      String sql, List<Token> tokens, Catalog catalog) {
    Fingerprint.Result fingerprint = Fingerprint.of(sql, tokens);
    if (fingerprint == null) {
      return null;
    }
    Key key = new Key(fingerprint.text(), catalog.version(), fingerprint.types());
    PlannedStatement plan = find(key);
    try {
      if (plan == null) {
        StatementLimits.check(sql, tokens);
        Statement statement = StatementParser.parse(fingerprint.text());
        if (!(statement instanceof Statement.Query) && !(statement instanceof Statement.Dml)) {
          return null;
        }
        plan =
            planner(catalog)
                .plan(
                    fingerprint.text(),
                    statement,
                    fingerprint.values().size(),
                    fingerprint.types());
        keep(key, plan);
      }
      return new Prepared.Planned(plan, constants(fingerprint, plan.parameters()));
    } catch (MeridianException e) {
      // The text as the user wrote it gives the error its right place, or works after all.
      return null;
    }
  }

  private static List<@Nullable Object> constants(
      Fingerprint.Result fingerprint, List<SqlType> types) {
    List<@Nullable Object> constants = new ArrayList<>();
    for (int i = 0; i < fingerprint.values().size(); i++) {
      Object value = fingerprint.values().get(i);
      SqlType from = fingerprint.types().get(i);
      SqlType to = types.get(i);
      constants.add(
          value instanceof String text
              ? ValueText.parse(text, to)
              : from == null || from.kind() == to.kind() ? value : Casts.cast(value, from, to));
    }
    return constants;
  }

  /** How many parameters a text has. */
  public static int countParameters(String sql, List<Token> tokens) {
    int marks = 0;
    int highest = 0;
    for (Token token : tokens) {
      if (token.kind() == Token.Kind.PARAMETER) {
        if (sql.charAt(token.start()) == '?') {
          marks++;
        } else {
          highest = Math.max(highest, Integer.parseInt(sql, token.start() + 1, token.end(), 10));
        }
      }
    }
    return Math.max(marks, highest);
  }

  private @Nullable PlannedStatement find(Key key) {
    lock.lock();
    try {
      return plans.get(key);
    } finally {
      lock.unlock();
    }
  }

  private void keep(Key key, PlannedStatement plan) {
    lock.lock();
    try {
      plans.put(key, plan);
      Iterator<Key> oldest = plans.keySet().iterator();
      while (plans.size() > PLANS_MAX && oldest.hasNext()) {
        oldest.next();
        oldest.remove();
      }
    } finally {
      lock.unlock();
    }
  }
}
