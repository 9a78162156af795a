package io.meridiandb.sql.plan.calcite;

import io.meridiandb.row.type.SqlType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The types of a statement's parameters while it is validated. What the context demands ({@code col
 * = $1}) and what the client declared are brought together as PostgreSQL does for an unknown
 * literal: an undeclared parameter takes the context's type, TEXT without one; text is taken as
 * undeclared, so that it can stand for anything; a number is widened to the context's type, never
 * narrowed.
 */
public final class ParameterTypes {
  private final List<@Nullable SqlType> declared;
  private final List<@Nullable SqlType> resolved = new ArrayList<>();

  /**
   * A new collection.
   *
   * @param declared by parameter index; null where the client left the type open
   */
  public ParameterTypes(List<@Nullable SqlType> declared) {
    this.declared = new ArrayList<>(declared);
  }

  /** The type of a parameter where the context demands {@code context}; the first use decides. */
  public SqlType resolve(int index, @Nullable SqlType context) {
    while (resolved.size() <= index) {
      resolved.add(null);
    }
    SqlType known = resolved.get(index);
    if (known == null) {
      known = combine(context, declaredAt(index));
      resolved.set(index, known);
    }
    return known;
  }

  /** What is known of a parameter before its context is looked at, or null. */
  public @Nullable SqlType known(int index) {
    SqlType type = index < resolved.size() ? resolved.get(index) : null;
    if (type != null) {
      return type;
    }
    SqlType byClient = declaredAt(index);
    return byClient == null || byClient.kind() == SqlType.Kind.TEXT ? null : byClient;
  }

  /** The types of all parameters, in order; TEXT for one that the statement never uses. */
  public List<SqlType> all() {
    List<SqlType> types = new ArrayList<>();
    for (int i = 0; i < resolved.size(); i++) {
      types.add(resolve(i, null));
    }
    return types;
  }

  private @Nullable SqlType declaredAt(int index) {
    return index < declared.size() ? declared.get(index) : null;
  }

  static SqlType combine(@Nullable SqlType context, @Nullable SqlType byClient) {
    if (byClient == null || byClient.kind() == SqlType.Kind.TEXT) {
      return context == null ? SqlType.TEXT : SqlType.of(context.kind());
    }
    if (context == null || context.kind() == byClient.kind()) {
      return byClient;
    }
    return takes(context.kind(), byClient.kind()) ? SqlType.of(context.kind()) : byClient;
  }

  /**
   * Whether every value of {@code from} can be read as one of {@code to} without loss of meaning.
   */
  private static boolean takes(SqlType.Kind to, SqlType.Kind from) {
    return switch (from) {
      case SMALLINT, INTEGER ->
          to == SqlType.Kind.INTEGER
              || to == SqlType.Kind.BIGINT
              || to == SqlType.Kind.NUMERIC
              || to == SqlType.Kind.REAL
              || to == SqlType.Kind.DOUBLE
              || to == SqlType.Kind.SMALLINT;
      case BIGINT -> to == SqlType.Kind.NUMERIC || to == SqlType.Kind.DOUBLE;
      case REAL -> to == SqlType.Kind.DOUBLE;
      case DATE, TIMESTAMP, TIMESTAMPTZ ->
          to == SqlType.Kind.TIMESTAMP || to == SqlType.Kind.TIMESTAMPTZ;
      default -> false;
    };
  }
}
