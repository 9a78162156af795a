package io.meridiandb.jdbc;

import io.meridiandb.jdbc.protocol.RequestFailedException;
import io.meridiandb.jdbc.protocol.RowStream;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Column;
import io.meridiandb.wire.proto.Rows;
import io.meridiandb.wire.proto.Type;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a result set gets its rows from: the server, or memory. */
interface RowSource {
  /** The columns, in order. */
  List<Column> columns();

  /** The next rows, or null after the last. */
  @Nullable Rows next() throws SQLException;

  /** No more rows are wanted. */
  void close();

  /** The rows that a statement gives. */
  static RowSource of(RowStream stream) {
    return new RowSource() {
      @Override
      public List<Column> columns() {
        return stream.columns();
      }

      @Override
      public @Nullable Rows next() throws SQLException {
        try {
          return stream.next();
        } catch (RequestFailedException e) {
          throw SqlErrors.of(e);
        }
      }

      @Override
      public void close() {
        stream.close();
      }
    };
  }

  /** Rows made by the driver itself. */
  static Table table() {
    return new Table();
  }

  /** Rows in memory. */
  final class Table implements RowSource {
    private final List<Column> columns = new ArrayList<>();
    private final Rows.Builder rows = Rows.newBuilder();
    private boolean read;

    private Table() {}

    /** Adds a column. */
    Table column(String name, Type.Kind kind) {
      columns.add(
          Column.newBuilder()
              .setName(name)
              .setType(Type.newBuilder().setKind(kind))
              .setNullable(true)
              .build());
      return this;
    }

    /** Adds columns of texts. */
    Table texts(String... names) {
      Arrays.asList(names).forEach(name -> column(name, Type.Kind.TEXT));
      return this;
    }

    /** Adds a row; one value for each column. */
    Table row(@Nullable Object... values) {
      if (values.length != columns.size()) {
        throw new IllegalArgumentException(
            values.length + " values for " + columns.size() + " columns");
      }
      for (Object value : values) {
        rows.addValues(Values.of(value));
      }
      rows.setRowCount(rows.getRowCount() + 1);
      return this;
    }

    @Override
    public List<Column> columns() {
      return columns;
    }

    @Override
    public @Nullable Rows next() {
      if (read || rows.getRowCount() == 0) {
        return null;
      }
      read = true;
      return rows.build();
    }

    @Override
    public void close() {
      read = true;
    }
  }
}
