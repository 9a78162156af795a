package io.meridiandb.sql.parser;

import io.meridiandb.sql.parser.Statement.ColumnDefinition;
import io.meridiandb.sql.parser.Statement.Interleave;
import io.meridiandb.sql.parser.Statement.KeyDefinition;
import io.meridiandb.sql.parser.Statement.TablePlacement;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Collects the parts of a CREATE TABLE while the grammar reads them. */
public final class TableDefinition {
  private final List<ColumnDefinition> columns = new ArrayList<>();
  private final List<KeyDefinition> primaryKey = new ArrayList<>();
  private SqlParserPos primaryKeyPosition = SqlParserPos.ZERO;
  private boolean primaryKeySeen;
  private boolean inlineDescending;
  private @Nullable Interleave interleave;
  private TablePlacement placement = TablePlacement.NONE;

  /** A column begins. */
  public void column(SqlIdentifier name, SqlDataTypeSpec type) {
    columns.add(new ColumnDefinition(name, type, false, null));
  }

  /** NOT NULL of the last column. */
  public void notNull() {
    ColumnDefinition last = columns.removeLast();
    columns.add(new ColumnDefinition(last.name(), last.type(), true, last.defaultValue()));
  }

  /** NULL of the last column: the default, refused beside NOT NULL. */
  public void explicitNull(SqlParserPos position) {
    ColumnDefinition last = columns.getLast();
    if (last.notNull()) {
      throw new PositionedException(
          new MeridianException(
              ErrorCode.SYNTAX_ERROR,
              "column \"" + last.name().getSimple() + "\" is declared both NULL and NOT NULL"),
          position);
    }
  }

  /** DEFAULT of the last column. */
  public void defaultValue(SqlNode value) {
    ColumnDefinition last = columns.removeLast();
    columns.add(new ColumnDefinition(last.name(), last.type(), last.notNull(), value));
  }

  /** PRIMARY KEY begins, inline or as a constraint of its own. */
  public void beginPrimaryKey(SqlParserPos position) {
    if (primaryKeySeen) {
      throw new PositionedException(
          new MeridianException(
              ErrorCode.INVALID_TABLE_DEFINITION, "a table has one primary key, this is a second"),
          position);
    }
    primaryKeySeen = true;
    primaryKeyPosition = position;
    inlineDescending = false;
  }

  /** One part of the PRIMARY KEY constraint. */
  public void keyPart(SqlIdentifier column, boolean descending) {
    primaryKey.add(new KeyDefinition(column, descending));
  }

  /** The direction of an inline PRIMARY KEY. */
  public void inlineKey(boolean descending) {
    inlineDescending = descending;
  }

  /** An inline PRIMARY KEY ends: the last column is the key. */
  public void endInlineKey() {
    primaryKey.add(new KeyDefinition(columns.getLast().name(), inlineDescending));
  }

  /** INTERLEAVE IN PARENT. */
  public void interleave(SqlIdentifier parent, boolean cascade) {
    interleave = new Interleave(parent, cascade);
  }

  /** PLACEMENT name of the table. */
  public void placement(SqlIdentifier name) {
    placement(new TablePlacement(name, placement.keyColumn()), name.getParserPosition());
  }

  /** PLACEMENT KEY of the last column. */
  public void placementKey(SqlParserPos position) {
    if (placement.keyColumn() != null) {
      throw new PositionedException(
          new MeridianException(
              ErrorCode.INVALID_TABLE_DEFINITION,
              "a table has one placement key, this is a second"),
          position);
    }
    placement(new TablePlacement(placement.name(), columns.getLast().name()), position);
  }

  private void placement(TablePlacement next, SqlParserPos position) {
    if (next.name() != null && next.keyColumn() != null) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.INVALID_TABLE_DEFINITION,
                  "a table has a placement or a placement key, not both")
              .withHint("With PLACEMENT KEY each row says where it is kept."),
          position);
    }
    placement = next;
  }

  /** A constraint that is known but not built. */
  public void unsupported(String word, SqlParserPos position) {
    unsupportedClause(word.toUpperCase(Locale.ROOT) + " of a column or table", position);
  }

  /** A clause that is known but not built. */
  public static void unsupportedClause(String clause, SqlParserPos position) {
    throw new PositionedException(
        new MeridianException(ErrorCode.FEATURE_NOT_SUPPORTED, clause + " is not supported yet"),
        position);
  }

  /** What {@code ::} casts: the operand before it must be a complete expression. */
  public static SqlNode castOperand(Object operand, SqlParserPos position) {
    if (operand instanceof SqlNode node) {
      return node;
    }
    throw new PositionedException(
        new MeridianException(
            ErrorCode.SYNTAX_ERROR, "put parentheses round the expression before ::"),
        position);
  }

  /** The finished statement. */
  public Statement.CreateTable create(SqlIdentifier name, boolean ifNotExists) {
    return new Statement.CreateTable(
        name, ifNotExists, columns, primaryKey, primaryKeyPosition, interleave, placement);
  }
}
