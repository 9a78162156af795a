package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.ValueText;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.gateway.ConditionFailedException;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Violated constraints in PostgreSQL's words. */
public final class ConstraintErrors {
  private ConstraintErrors() {}

  /**
   * The error that a user sees for a condition that did not hold.
   *
   * @param tables those that the key may be of; the catalog's tables for an error of a commit
   */
  public static MeridianException translate(
      ConditionFailedException e, Iterable<TableDescriptor> tables) {
    for (TableDescriptor table : tables) {
      KeyCodec codec = KeyCodec.of(table);
      if (codec.owns(e.key())) {
        return e.kind() == Mutation.Kind.REQUIRE
            ? missingParent(table, keyText(codec, e.key()), e)
            : duplicate(table, keyText(codec, e.key()), e);
      }
    }
    return new MeridianException(
        e.kind() == Mutation.Kind.REQUIRE
            ? ErrorCode.FOREIGN_KEY_VIOLATION
            : ErrorCode.UNIQUE_VIOLATION,
        "a condition of the transaction does not hold for key " + e.key(),
        e);
  }

  private static MeridianException duplicate(
      TableDescriptor table, String key, @Nullable Throwable cause) {
    return new MeridianException(
        ErrorCode.UNIQUE_VIOLATION,
        "duplicate key value violates unique constraint \"%s_pkey\": Key %s already exists."
            .formatted(table.name(), key),
        cause);
  }

  private static MeridianException missingParent(
      TableDescriptor parent, String key, @Nullable Throwable cause) {
    return new MeridianException(
        ErrorCode.FOREIGN_KEY_VIOLATION,
        "insert or update on a table interleaved in \"%s\" violates foreign key constraint: Key %s is not present in table \"%s\"."
            .formatted(parent.name(), key, parent.name()),
        cause);
  }

  /** The same for a table that is known. */
  static MeridianException missingParent(
      TableDescriptor child, TableDescriptor parent, ConditionFailedException cause) {
    return new MeridianException(
        ErrorCode.FOREIGN_KEY_VIOLATION,
        "insert or update on table \"%s\" violates foreign key constraint \"%s_%s_fkey\": Key %s is not present in table \"%s\"."
            .formatted(
                child.name(),
                child.name(),
                parent.name(),
                keyText(KeyCodec.of(parent), cause.key()),
                parent.name()),
        cause);
  }

  /** A row goes away that rows of a child table hang on. */
  static MeridianException stillReferenced(
      TableDescriptor parent, TableDescriptor child, @Nullable Object[] parentRow) {
    return new MeridianException(
        ErrorCode.FOREIGN_KEY_VIOLATION,
        "update or delete on table \"%s\" violates foreign key constraint \"%s_%s_fkey\" on table \"%s\": Key %s is still referenced from table \"%s\"."
            .formatted(
                parent.name(),
                child.name(),
                parent.name(),
                child.name(),
                keyText(parent, parentRow),
                child.name()));
  }

  /** NULL where it is not allowed. */
  static MeridianException notNull(TableDescriptor table, ColumnDescriptor column) {
    return new MeridianException(
        ErrorCode.NOT_NULL_VIOLATION,
        "null value in column \"%s\" of relation \"%s\" violates not-null constraint"
            .formatted(column.name(), table.name()));
  }

  private static String keyText(KeyCodec codec, Key key) {
    @Nullable Object[] row = new Object[codec.table().columns().size()];
    codec.decode(key, row);
    return keyText(codec.table(), row);
  }

  /** {@code (a, b)=(1, 2)}. */
  private static String keyText(TableDescriptor table, @Nullable Object[] row) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (KeyPart part : table.primaryKey()) {
      ColumnDescriptor column = table.columns().get(part.column());
      names.add(column.name());
      Object value = row[part.column()];
      values.add(value == null ? "null" : ValueText.format(value, column.type()));
    }
    return "(%s)=(%s)".formatted(String.join(", ", names), String.join(", ", values));
  }
}
