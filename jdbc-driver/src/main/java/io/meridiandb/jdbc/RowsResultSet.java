package io.meridiandb.jdbc;

import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Column;
import io.meridiandb.wire.proto.Rows;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Calendar;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows as they stream in: holds one frame of them at a time. */
final class RowsResultSet extends ForwardResultSet {
  /** Who wants to know that the result set is closed. */
  interface Owner {
    void resultClosed(RowsResultSet result) throws SQLException;
  }

  private final RowSource source;
  private final List<Column> columns;
  private final @Nullable Statement statement;
  private final Owner owner;
  private final long maxRows;
  private @Nullable Map<String, Integer> labels;
  private @Nullable Rows page;
  private int pageRow = -1;
  private long row;
  private boolean afterLast;
  private boolean wasNull;
  private volatile boolean closed;

  /**
   * Before the first row.
   *
   * @param statement what {@code getStatement} gives
   * @param maxRows rows after this many are left out; 0 = none is
   */
  RowsResultSet(RowSource source, @Nullable Statement statement, Owner owner, long maxRows) {
    this.source = source;
    this.columns = source.columns();
    this.statement = statement;
    this.owner = owner;
    this.maxRows = maxRows;
  }

  /** Rows that belong to no statement. */
  static RowsResultSet of(RowSource source) {
    return new RowsResultSet(source, null, result -> {}, 0);
  }

  private void checkOpen() throws SQLException {
    if (closed) {
      throw SqlErrors.closed("result set");
    }
  }

  @Override
  public boolean next() throws SQLException {
    checkOpen();
    if (afterLast) {
      return false;
    }
    pageRow++;
    while (page == null || pageRow >= page.getRowCount()) {
      page = source.next();
      pageRow = 0;
      if (page == null) {
        return end();
      }
    }
    if (maxRows > 0 && row == maxRows) {
      return end();
    }
    row++;
    return true;
  }

  private boolean end() {
    afterLast = true;
    page = null;
    source.close();
    return false;
  }

  @Override
  public void close() throws SQLException {
    if (!closed) {
      closed = true;
      page = null;
      source.close();
      owner.resultClosed(this);
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  private Value value(int column) throws SQLException {
    checkOpen();
    Rows rows = page;
    if (rows == null) {
      throw SqlErrors.invalidState(
          afterLast ? "there is no row after the last" : "call next() before reading a row");
    }
    if (column < 1 || column > columns.size()) {
      throw SqlErrors.invalidArgument(
          "there is no column " + column + "; the result has " + columns.size());
    }
    Value value = rows.getValues(pageRow * columns.size() + column - 1);
    wasNull = Values.isNull(value);
    return value;
  }

  private Type type(int column) {
    return columns.get(column - 1).getType();
  }

  @Override
  public boolean wasNull() throws SQLException {
    checkOpen();
    return wasNull;
  }

  @Override
  public int findColumn(String label) throws SQLException {
    checkOpen();
    Map<String, Integer> known = labels;
    if (known == null) {
      known = new HashMap<>();
      for (int i = columns.size(); i > 0; i--) {
        known.put(columns.get(i - 1).getName().toLowerCase(Locale.ROOT), i);
      }
      labels = known;
    }
    Integer column = known.get(label.toLowerCase(Locale.ROOT));
    if (column == null) {
      throw SqlErrors.invalidArgument(
          "there is no column \"%s\"; the result has %s"
              .formatted(label, columns.stream().map(Column::getName).toList()));
    }
    return column;
  }

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    checkOpen();
    return new ColumnsMetaData(columns);
  }

  @Override
  public @Nullable Statement getStatement() throws SQLException {
    checkOpen();
    return statement;
  }

  @Override
  public boolean isBeforeFirst() throws SQLException {
    checkOpen();
    return row == 0 && !afterLast;
  }

  @Override
  public boolean isAfterLast() throws SQLException {
    checkOpen();
    return afterLast && row > 0;
  }

  @Override
  public boolean isFirst() throws SQLException {
    checkOpen();
    return row == 1 && !afterLast;
  }

  @Override
  public boolean isLast() throws SQLException {
    throw SqlErrors.notSupported("whether a row is the last shows when next() returns false");
  }

  @Override
  public int getRow() throws SQLException {
    checkOpen();
    return afterLast ? 0 : (int) Math.min(row, Integer.MAX_VALUE);
  }

  // Getters by number; those by label are in LabelledResultSet.

  @Override
  public @Nullable String getString(int column) throws SQLException {
    return Conversions.toText(value(column), type(column));
  }

  @Override
  public @Nullable String getNString(int column) throws SQLException {
    return getString(column);
  }

  @Override
  public boolean getBoolean(int column) throws SQLException {
    return Conversions.toBoolean(value(column), type(column));
  }

  @Override
  public byte getByte(int column) throws SQLException {
    Value value = value(column);
    return (byte) Conversions.toLong(value, type(column), Byte.MIN_VALUE, Byte.MAX_VALUE, "byte");
  }

  @Override
  public short getShort(int column) throws SQLException {
    Value value = value(column);
    return (short)
        Conversions.toLong(value, type(column), Short.MIN_VALUE, Short.MAX_VALUE, "short");
  }

  @Override
  public int getInt(int column) throws SQLException {
    Value value = value(column);
    return (int)
        Conversions.toLong(value, type(column), Integer.MIN_VALUE, Integer.MAX_VALUE, "int");
  }

  @Override
  public long getLong(int column) throws SQLException {
    Value value = value(column);
    return Conversions.toLong(value, type(column), Long.MIN_VALUE, Long.MAX_VALUE, "long");
  }

  @Override
  public float getFloat(int column) throws SQLException {
    return (float) getDouble(column);
  }

  @Override
  public double getDouble(int column) throws SQLException {
    return Conversions.toDouble(value(column), type(column));
  }

  @Override
  public @Nullable BigDecimal getBigDecimal(int column) throws SQLException {
    return Conversions.toDecimal(value(column), type(column));
  }

  @Override
  public byte @Nullable [] getBytes(int column) throws SQLException {
    return Conversions.toBytes(value(column), type(column));
  }

  @Override
  public @Nullable Object getObject(int column) throws SQLException {
    return Conversions.toObject(value(column), type(column));
  }

  @Override
  public <T> @Nullable T getObject(int column, Class<T> target) throws SQLException {
    return Conversions.to(value(column), type(column), target);
  }

  @Override
  public @Nullable Date getDate(int column) throws SQLException {
    LocalDate date = Conversions.toLocalDate(value(column), type(column), ZoneId.systemDefault());
    return date == null ? null : Date.valueOf(date);
  }

  @Override
  public @Nullable Time getTime(int column) throws SQLException {
    LocalTime time = Conversions.toLocalTime(value(column), type(column), ZoneId.systemDefault());
    return time == null ? null : Time.valueOf(time);
  }

  @Override
  public @Nullable Timestamp getTimestamp(int column) throws SQLException {
    Instant instant = Conversions.toInstant(value(column), type(column), ZoneId.systemDefault());
    return instant == null ? null : Timestamp.from(instant);
  }

  private static ZoneId zone(@Nullable Calendar calendar) {
    return calendar == null ? ZoneId.systemDefault() : calendar.getTimeZone().toZoneId();
  }

  @Override
  public @Nullable Date getDate(int column, @Nullable Calendar calendar) throws SQLException {
    ZoneId zone = zone(calendar);
    LocalDate date = Conversions.toLocalDate(value(column), type(column), zone);
    return date == null ? null : new Date(date.atStartOfDay(zone).toInstant().toEpochMilli());
  }

  @Override
  public @Nullable Time getTime(int column, @Nullable Calendar calendar) throws SQLException {
    ZoneId zone = zone(calendar);
    LocalTime time = Conversions.toLocalTime(value(column), type(column), zone);
    return time == null
        ? null
        : new Time(time.atDate(LocalDate.EPOCH).atZone(zone).toInstant().toEpochMilli());
  }

  @Override
  public @Nullable Timestamp getTimestamp(int column, @Nullable Calendar calendar)
      throws SQLException {
    Instant instant = Conversions.toInstant(value(column), type(column), zone(calendar));
    return instant == null ? null : Timestamp.from(instant);
  }

  @Override
  public @Nullable InputStream getAsciiStream(int column) throws SQLException {
    String text = getString(column);
    return text == null ? null : new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public @Nullable InputStream getBinaryStream(int column) throws SQLException {
    byte[] bytes = getBytes(column);
    return bytes == null ? null : new ByteArrayInputStream(bytes);
  }

  @Override
  public @Nullable Reader getCharacterStream(int column) throws SQLException {
    String text = getString(column);
    return text == null ? null : new StringReader(text);
  }

  @Override
  public @Nullable Reader getNCharacterStream(int column) throws SQLException {
    return getCharacterStream(column);
  }
}
