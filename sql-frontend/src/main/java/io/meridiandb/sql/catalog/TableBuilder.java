package io.meridiandb.sql.catalog;

import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.parser.Statement.ColumnDefinition;
import io.meridiandb.sql.parser.Statement.KeyDefinition;
import io.meridiandb.sql.parser.StatementParser;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Makes a descriptor of a CREATE TABLE, or says what is wrong with it and where. */
public final class TableBuilder {
  /** Most columns of a table. */
  public static final int COLUMNS_MAX = 1_024;

  /** Deepest interleaving, the root table counted. */
  public static final int INTERLEAVE_DEPTH_MAX = 7;

  /** Most digits of a NUMERIC(p, s). */
  public static final int NUMERIC_PRECISION_MAX = 1_000;

  /** Turns the value of DEFAULT into an expression of the column's type. */
  @FunctionalInterface
  public interface DefaultTranslator {
    Expr translate(SqlNode value, SqlType type);
  }

  /**
   * What a definition may refer to.
   *
   * @param catalog where its parent is looked up
   * @param placements those that it may name
   * @param defaults for values of DEFAULT
   */
  public record Surroundings(
      Catalog catalog, List<PlacementInfo> placements, DefaultTranslator defaults) {}

  private final Statement.CreateTable statement;
  private final Surroundings surroundings;
  private final Map<String, Integer> positions = new LinkedHashMap<>();

  private TableBuilder(Statement.CreateTable statement, Surroundings surroundings) {
    this.statement = statement;
    this.surroundings = surroundings;
  }

  /**
   * The descriptor of the table that {@code statement} creates.
   *
   * @param id its new id
   * @throws PositionedException with what is wrong
   */
  public static TableDescriptor build(
      Statement.CreateTable statement, long id, Surroundings surroundings) {
    return new TableBuilder(statement, surroundings).run(id);
  }

  private TableDescriptor run(long id) {
    String name = simpleName(statement.name());
    if (statement.columns().size() > COLUMNS_MAX) {
      throw error(
          ErrorCode.TOO_MANY_COLUMNS,
          "table \"%s\" has %d columns, the limit is %d"
              .formatted(name, statement.columns().size(), COLUMNS_MAX),
          statement.name());
    }
    List<ColumnDescriptor> columns = new ArrayList<>();
    for (ColumnDefinition definition : statement.columns()) {
      String column = simpleName(definition.name());
      if (positions.put(column, columns.size()) != null) {
        throw error(
            ErrorCode.DUPLICATE_COLUMN,
            "column \"" + column + "\" is named twice",
            definition.name());
      }
      columns.add(column(definition, columns.size() + 1));
    }
    List<KeyPart> key = primaryKey(name, columns);
    TableDescriptor parent = parent(columns, key);
    return new TableDescriptor(
        id,
        name,
        columns,
        key,
        parent,
        statement.interleave() != null && statement.interleave().cascade(),
        TablePlacements.of(statement, columns, parent, surroundings.placements()));
  }

  /**
   * The name of a table of the only schema, checked for length.
   *
   * @throws PositionedException for another schema or a name that is too long
   */
  public static String simpleName(SqlIdentifier identifier) {
    String name = identifier.names.getLast();
    boolean qualified = identifier.names.size() > 1;
    if (qualified
        && (identifier.names.size() > 2 || !identifier.names.getFirst().equals("public"))) {
      throw error(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "tables live in the schema \"public\" only, not in \""
              + identifier.names.getFirst()
              + "\"",
          identifier);
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > StatementParser.IDENTIFIER_BYTES_MAX) {
      throw error(
          ErrorCode.NAME_TOO_LONG,
          "the name \"%s\" has %d bytes, the limit is %d"
              .formatted(name, bytes, StatementParser.IDENTIFIER_BYTES_MAX),
          identifier);
    }
    if (name.isEmpty()) {
      throw error(ErrorCode.INVALID_NAME, "a name is empty", identifier);
    }
    return name;
  }

  private ColumnDescriptor column(ColumnDefinition definition, int id) {
    SqlType type = ColumnTypes.of(definition.type());
    boolean inKey =
        statement.primaryKey().stream()
            .anyMatch(part -> part.column().getSimple().equals(definition.name().getSimple()));
    boolean places = TablePlacements.isKey(statement, definition);
    SqlNode value = definition.defaultValue();
    Expr defaultValue = value == null ? null : surroundings.defaults().translate(value, type);
    return new ColumnDescriptor(
        id,
        definition.name().getSimple(),
        type,
        !definition.notNull() && !inKey && !places,
        defaultValue);
  }

  private List<KeyPart> primaryKey(String table, List<ColumnDescriptor> columns) {
    if (statement.primaryKey().isEmpty()) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.INVALID_TABLE_DEFINITION,
                  "table \"" + table + "\" has no primary key, and rows are stored by theirs")
              .withHint("Add PRIMARY KEY to a column, or PRIMARY KEY (a, b) behind the columns."),
          statement.name().getParserPosition());
    }
    List<KeyPart> key = new ArrayList<>();
    for (KeyDefinition part : statement.primaryKey()) {
      String name = part.column().getSimple();
      Integer position = positions.get(name);
      if (position == null) {
        throw error(
            ErrorCode.UNDEFINED_COLUMN,
            "column \"" + name + "\" of the primary key does not exist",
            part.column());
      }
      if (key.stream().anyMatch(earlier -> earlier.column() == position)) {
        throw error(
            ErrorCode.DUPLICATE_COLUMN,
            "column \"" + name + "\" stands twice in the primary key",
            part.column());
      }
      SqlType type = columns.get(position).type();
      if (type.kind() == SqlType.Kind.JSONB) {
        throw error(
            ErrorCode.INVALID_TABLE_DEFINITION,
            "column \"" + name + "\" of type jsonb cannot be part of a primary key",
            part.column());
      }
      key.add(new KeyPart(position, part.descending()));
    }
    return key;
  }

  private @Nullable TableDescriptor parent(List<ColumnDescriptor> columns, List<KeyPart> key) {
    Statement.Interleave interleave = statement.interleave();
    if (interleave == null) {
      return null;
    }
    String name = simpleName(interleave.parent());
    TableDescriptor parent = surroundings.catalog().table(name);
    if (parent == null) {
      throw error(
          ErrorCode.UNDEFINED_TABLE,
          "parent table \"" + name + "\" does not exist",
          interleave.parent());
    }
    int depth = 1;
    for (TableDescriptor above = parent; above != null; above = above.parent()) {
      depth++;
    }
    if (depth > INTERLEAVE_DEPTH_MAX) {
      throw error(
          ErrorCode.PROGRAM_LIMIT_EXCEEDED,
          "tables are interleaved at most " + INTERLEAVE_DEPTH_MAX + " deep",
          interleave.parent());
    }
    checkKeyOfChild(parent, columns, key, statement.primaryKeyPosition());
    return parent;
  }

  private static void checkKeyOfChild(
      TableDescriptor parent,
      List<ColumnDescriptor> columns,
      List<KeyPart> key,
      SqlParserPos position) {
    List<KeyPart> above = parent.primaryKey();
    for (int i = 0; i < above.size(); i++) {
      ColumnDescriptor expected = parent.columns().get(above.get(i).column());
      ColumnDescriptor found = i < key.size() ? columns.get(key.get(i).column()) : null;
      boolean fits =
          found != null
              && found.type().equals(expected.type())
              && key.get(i).descending() == above.get(i).descending();
      if (!fits) {
        throw new PositionedException(
            new MeridianException(
                    ErrorCode.INVALID_TABLE_DEFINITION,
                    "the primary key must begin with the key of parent table \"%s\": part %d must be like %s %s%s"
                        .formatted(
                            parent.name(),
                            i + 1,
                            expected.name(),
                            expected.type().sqlName(),
                            above.get(i).descending() ? " DESC" : ""))
                .withHint(
                    "Types and directions are those of the parent, in its order; names may differ."),
            position);
      }
    }
    if (key.size() == above.size()) {
      throw new PositionedException(
          new MeridianException(
              ErrorCode.INVALID_TABLE_DEFINITION,
              "the primary key must have a part of its own behind the key of parent table \""
                  + parent.name()
                  + "\""),
          position);
    }
  }

  private static PositionedException error(ErrorCode code, String message, SqlIdentifier at) {
    return new PositionedException(new MeridianException(code, message), at.getParserPosition());
  }
}
