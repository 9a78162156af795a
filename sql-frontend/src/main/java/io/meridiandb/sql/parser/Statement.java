package io.meridiandb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** A parsed statement. The nodes inside are Calcite's and mutable: a statement is planned once. */
public sealed interface Statement {
  /** SELECT, VALUES, UNION … and whether it locks what it reads (FOR UPDATE). */
  record Query(SqlNode query, boolean forUpdate) implements Statement {}

  /**
   * INSERT, UPDATE or DELETE.
   *
   * @param statement Calcite's node
   * @param doNothing ON CONFLICT DO NOTHING
   * @param returning the RETURNING list, or null
   */
  record Dml(SqlNode statement, boolean doNothing, @Nullable SqlNodeList returning)
      implements Statement {}

  /** EXPLAIN: shows the plan of a query or of an INSERT, UPDATE or DELETE. */
  record Explain(boolean analyze, StatementNode explained) implements Statement {}

  /**
   * BEGIN or START TRANSACTION.
   *
   * @param asOf when a read-only one reads, null for now
   */
  record Begin(boolean readOnly, @Nullable SqlNode asOf) implements Statement {}

  /** COMMIT or END. */
  record Commit() implements Statement {}

  /** ROLLBACK or ABORT. */
  record Rollback() implements Statement {}

  /** SHOW name; the name is lower case, {@code all} for all settings. */
  record Show(String name) implements Statement {}

  /** SET name = value, RESET name; a null value is the default. */
  record Set(String name, @Nullable SqlNode value) implements Statement {}

  /** DROP TABLE. */
  record DropTable(SqlIdentifier name, boolean ifExists, boolean cascade) implements Statement {}

  /** CREATE TABLE. */
  record CreateTable(
      SqlIdentifier name,
      boolean ifNotExists,
      List<ColumnDefinition> columns,
      List<KeyDefinition> primaryKey,
      SqlParserPos primaryKeyPosition,
      @Nullable Interleave interleave,
      TablePlacement placement)
      implements Statement {
    public CreateTable {
      columns = List.copyOf(columns);
      primaryKey = List.copyOf(primaryKey);
    }
  }

  /** One column of CREATE TABLE. */
  record ColumnDefinition(
      SqlIdentifier name, SqlDataTypeSpec type, boolean notNull, @Nullable SqlNode defaultValue) {}

  /** One part of a primary key. */
  record KeyDefinition(SqlIdentifier column, boolean descending) {}

  /**
   * Where the rows of a new table are to be kept; both are null in most statements.
   *
   * @param name PLACEMENT name: all rows there
   * @param keyColumn the column that is declared PLACEMENT KEY: each row where it says
   */
  record TablePlacement(@Nullable SqlIdentifier name, @Nullable SqlIdentifier keyColumn) {
    /** Nothing said. */
    public static final TablePlacement NONE = new TablePlacement(null, null);
  }

  /** CREATE PLACEMENT. */
  record CreatePlacement(SqlIdentifier name, boolean ifNotExists, List<PlacementOption> options)
      implements Statement {
    public CreatePlacement {
      options = List.copyOf(options);
    }
  }

  /** ALTER PLACEMENT: the options that are named change. */
  record AlterPlacement(SqlIdentifier name, List<PlacementOption> options) implements Statement {
    public AlterPlacement {
      options = List.copyOf(options);
    }
  }

  /** One option of CREATE or ALTER PLACEMENT; the value is a string. */
  record PlacementOption(SqlIdentifier name, SqlNode value) {}

  /** DROP PLACEMENT. */
  record DropPlacement(SqlIdentifier name, boolean ifExists) implements Statement {}

  /** ALTER TABLE … MOVE TO PLACEMENT. */
  record MoveTable(SqlIdentifier table, SqlIdentifier placement) implements Statement {}

  /** CALL of a procedure of the system. */
  record Call(SqlIdentifier procedure, List<SqlNode> arguments) implements Statement {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /** INTERLEAVE IN PARENT. */
  record Interleave(SqlIdentifier parent, boolean cascade) {}
}
