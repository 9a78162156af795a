package io.meridiandb.sql.exec;

import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.expr.Casts;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.gateway.ConditionFailedException;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the mutations of one statement on a table, and writes them all at its end. */
final class TableWriter {
  private final TableDescriptor table;
  private final QueryContext context;
  private final RowCodec codec;
  private final boolean[] inKey;
  private final Set<Key> parents = new LinkedHashSet<>();
  private final List<Mutation> removals = new ArrayList<>();
  private final List<Mutation> writes = new ArrayList<>();

  TableWriter(TableDescriptor table, String verb, QueryContext context) {
    if (context.transaction().readOnly()) {
      throw new MeridianException(
          ErrorCode.READ_ONLY_TRANSACTION,
          "cannot execute %s in a read-only transaction".formatted(verb));
    }
    this.table = table;
    this.context = context;
    this.codec = context.resources().codecs().rows(table);
    this.inKey = new boolean[table.columns().size()];
    for (KeyPart part : table.primaryKey()) {
      inKey[part.column()] = true;
    }
  }

  Key key(@Nullable Object[] row) {
    return codec.keys().encode(row);
  }

  /**
   * Brings a row's values to what its columns can hold, in place: NUMERIC is rounded to its scale.
   *
   * @throws MeridianException NOT_NULL_VIOLATION, STRING_TOO_LONG, NUMERIC_OUT_OF_RANGE
   */
  void fit(@Nullable Object[] row) {
    for (int i = 0; i < inKey.length; i++) {
      ColumnDescriptor column = table.columns().get(i);
      Object value = row[i];
      if (value == null) {
        if (inKey[i] || !column.nullable()) {
          throw ConstraintErrors.notNull(table, column);
        }
      } else {
        row[i] = fit(value, column.type());
      }
    }
  }

  private static Object fit(Object value, SqlType type) {
    return switch (type.kind()) {
      case NUMERIC -> type.precision() == 0 ? value : Casts.cast(value, SqlType.NUMERIC, type);
      case SMALLINT, INTEGER -> Casts.cast(value, SqlType.BIGINT, type);
      case REAL -> Casts.cast(value, SqlType.DOUBLE, type);
      case TEXT -> fitText((String) value, type);
      default -> value;
    };
  }

  /** Spaces beyond the length are cut off, anything else is an error: the standard's rule. */
  private static String fitText(String text, SqlType type) {
    if (type.precision() == 0
        || text.length() <= type.precision()
        || text.codePointCount(0, text.length()) <= type.precision()) {
      return text;
    }
    int end = text.offsetByCodePoints(0, type.precision());
    if (!text.substring(end).isBlank()) {
      throw new MeridianException(
          ErrorCode.STRING_TOO_LONG, "value too long for type " + type.sqlName());
    }
    return text.substring(0, end);
  }

  /** The keys that must be free beside that of a new row: the primary key is one row's. */
  List<Key> elsewhere(@Nullable Object[] row) {
    return codec.keys().encodeElsewhere(row);
  }

  void insert(Key key, @Nullable Object[] row) {
    elsewhere(row).forEach(other -> writes.add(Mutation.forbid(other)));
    move(key, row);
  }

  /** As {@link #insert} for a row that was elsewhere under the same primary key before. */
  void move(Key key, @Nullable Object[] row) {
    requireParent(row);
    writes.add(Mutation.insert(key, counted(codec.encode(row))));
  }

  void put(Key key, @Nullable Object[] row) {
    writes.add(Mutation.put(key, counted(codec.encode(row))));
  }

  /** Writes a row that may be new. */
  void insertOrPut(Key key, @Nullable Object[] row) {
    requireParent(row);
    put(key, row);
  }

  void delete(Key key) {
    context.memory().reserve(key.length());
    removals.add(Mutation.delete(key));
  }

  private void requireParent(@Nullable Object[] row) {
    if (table.parent() != null) {
      parents.add(codec.keys().encodeParent(row));
    }
  }

  private byte[] counted(byte[] value) {
    context.memory().reserve(value.length);
    return value;
  }

  /** Hands everything to the transaction: removals first, so that keys may change places. */
  void write() {
    List<Mutation> mutations = new ArrayList<>(parents.size() + removals.size() + writes.size());
    mutations.addAll(removals);
    parents.forEach(parent -> mutations.add(Mutation.require(parent)));
    mutations.addAll(writes);
    if (mutations.isEmpty()) {
      return;
    }
    try {
      context.transaction().write(mutations, context.checkNow(), context.schema());
    } catch (ConditionFailedException e) {
      TableDescriptor parent = table.parent();
      throw e.kind() == Mutation.Kind.REQUIRE && parent != null && parents.contains(e.key())
          ? ConstraintErrors.missingParent(table, parent, e)
          : ConstraintErrors.translate(e, List.of(table));
    }
  }
}
