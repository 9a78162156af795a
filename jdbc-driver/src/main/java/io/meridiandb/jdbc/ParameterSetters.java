package io.meridiandb.jdbc;

import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.ZoneId;
import java.util.Calendar;
import org.jspecify.annotations.Nullable;

/** The setters of {@code PreparedStatement}: each turns its value into one that travels. */
abstract class ParameterSetters extends StatementImpl implements PreparedStatement {
  /** The rest of a stream, whatever its length. */
  private static final long TO_THE_END = Long.MAX_VALUE;

  ParameterSetters(ConnectionImpl connection, int fetchSize) {
    super(connection, fetchSize);
  }

  /** Sets a parameter; numbers begin with 1. */
  abstract void set(int parameter, Value value) throws SQLException;

  private static ZoneId zone(@Nullable Calendar calendar) {
    return calendar == null ? ZoneId.systemDefault() : calendar.getTimeZone().toZoneId();
  }

  @Override
  public void setNull(int parameter, int jdbcType) throws SQLException {
    set(parameter, Values.nullOf(SqlTypes.kind(jdbcType)));
  }

  @Override
  public void setNull(int parameter, int jdbcType, @Nullable String typeName) throws SQLException {
    setNull(parameter, jdbcType);
  }

  @Override
  public void setBoolean(int parameter, boolean value) throws SQLException {
    set(parameter, Values.of(value));
  }

  @Override
  public void setByte(int parameter, byte value) throws SQLException {
    set(parameter, Values.ofInteger(Type.Kind.SMALLINT, value));
  }

  @Override
  public void setShort(int parameter, short value) throws SQLException {
    set(parameter, Values.ofInteger(Type.Kind.SMALLINT, value));
  }

  @Override
  public void setInt(int parameter, int value) throws SQLException {
    set(parameter, Values.ofInteger(Type.Kind.INTEGER, value));
  }

  @Override
  public void setLong(int parameter, long value) throws SQLException {
    set(parameter, Values.ofInteger(Type.Kind.BIGINT, value));
  }

  @Override
  public void setFloat(int parameter, float value) throws SQLException {
    set(parameter, Values.ofFloat(Type.Kind.REAL, value));
  }

  @Override
  public void setDouble(int parameter, double value) throws SQLException {
    set(parameter, Values.ofFloat(Type.Kind.DOUBLE, value));
  }

  @Override
  public void setBigDecimal(int parameter, @Nullable BigDecimal value) throws SQLException {
    set(parameter, value == null ? Values.nullOf(Type.Kind.NUMERIC) : Values.of((Object) value));
  }

  @Override
  public void setString(int parameter, @Nullable String value) throws SQLException {
    set(parameter, Parameters.ofText(value));
  }

  @Override
  public void setNString(int parameter, @Nullable String value) throws SQLException {
    setString(parameter, value);
  }

  @Override
  public void setBytes(int parameter, byte @Nullable [] value) throws SQLException {
    set(parameter, value == null ? Values.nullOf(Type.Kind.BYTEA) : Values.of(value));
  }

  @Override
  public void setDate(int parameter, @Nullable Date value) throws SQLException {
    set(parameter, Parameters.ofDate(value));
  }

  @Override
  public void setDate(int parameter, @Nullable Date value, @Nullable Calendar calendar)
      throws SQLException {
    set(parameter, Parameters.ofDate(value, zone(calendar)));
  }

  @Override
  public void setTime(int parameter, @Nullable Time value) throws SQLException {
    setTime(parameter, value, null);
  }

  @Override
  public void setTime(int parameter, @Nullable Time value, @Nullable Calendar calendar)
      throws SQLException {
    set(parameter, Parameters.ofTime(value, zone(calendar)));
  }

  @Override
  public void setTimestamp(int parameter, @Nullable Timestamp value) throws SQLException {
    setTimestamp(parameter, value, null);
  }

  @Override
  public void setTimestamp(int parameter, @Nullable Timestamp value, @Nullable Calendar calendar)
      throws SQLException {
    set(parameter, Parameters.ofTimestamp(value, zone(calendar)));
  }

  @Override
  public void setObject(int parameter, @Nullable Object value) throws SQLException {
    set(parameter, Parameters.of(value));
  }

  @Override
  public void setObject(int parameter, @Nullable Object value, int jdbcType) throws SQLException {
    set(parameter, Parameters.of(value, jdbcType, -1));
  }

  @Override
  public void setObject(int parameter, @Nullable Object value, int jdbcType, int scale)
      throws SQLException {
    set(parameter, Parameters.of(value, jdbcType, scale));
  }

  @Override
  public void setObject(int parameter, @Nullable Object value, SQLType type) throws SQLException {
    setObject(parameter, value, type.getVendorTypeNumber());
  }

  @Override
  public void setObject(int parameter, @Nullable Object value, SQLType type, int scale)
      throws SQLException {
    setObject(parameter, value, type.getVendorTypeNumber(), scale);
  }

  // Streams are read to their end at once: a value travels in one piece.

  @Override
  public void setBinaryStream(int parameter, @Nullable InputStream stream, long length)
      throws SQLException {
    setBytes(parameter, stream == null ? null : read(stream, length));
  }

  @Override
  public void setBinaryStream(int parameter, @Nullable InputStream stream, int length)
      throws SQLException {
    setBinaryStream(parameter, stream, (long) length);
  }

  @Override
  public void setBinaryStream(int parameter, @Nullable InputStream stream) throws SQLException {
    setBinaryStream(parameter, stream, TO_THE_END);
  }

  @Override
  public void setAsciiStream(int parameter, @Nullable InputStream stream, long length)
      throws SQLException {
    setString(
        parameter,
        stream == null ? null : new String(read(stream, length), StandardCharsets.US_ASCII));
  }

  @Override
  public void setAsciiStream(int parameter, @Nullable InputStream stream, int length)
      throws SQLException {
    setAsciiStream(parameter, stream, (long) length);
  }

  @Override
  public void setAsciiStream(int parameter, @Nullable InputStream stream) throws SQLException {
    setAsciiStream(parameter, stream, TO_THE_END);
  }

  @Override
  @Deprecated
  public void setUnicodeStream(int parameter, @Nullable InputStream stream, int length)
      throws SQLException {
    throw SqlErrors.notSupported("setUnicodeStream is deprecated; use setCharacterStream");
  }

  @Override
  public void setCharacterStream(int parameter, @Nullable Reader reader, long length)
      throws SQLException {
    setString(parameter, reader == null ? null : read(reader, length));
  }

  @Override
  public void setCharacterStream(int parameter, @Nullable Reader reader, int length)
      throws SQLException {
    setCharacterStream(parameter, reader, (long) length);
  }

  @Override
  public void setCharacterStream(int parameter, @Nullable Reader reader) throws SQLException {
    setCharacterStream(parameter, reader, TO_THE_END);
  }

  @Override
  public void setNCharacterStream(int parameter, @Nullable Reader reader, long length)
      throws SQLException {
    setCharacterStream(parameter, reader, length);
  }

  @Override
  public void setNCharacterStream(int parameter, @Nullable Reader reader) throws SQLException {
    setCharacterStream(parameter, reader, TO_THE_END);
  }

  @Override
  public void setBlob(int parameter, @Nullable InputStream stream, long length)
      throws SQLException {
    setBinaryStream(parameter, stream, length);
  }

  @Override
  public void setBlob(int parameter, @Nullable InputStream stream) throws SQLException {
    setBinaryStream(parameter, stream, TO_THE_END);
  }

  @Override
  public void setBlob(int parameter, @Nullable Blob value) throws SQLException {
    setBinaryStream(parameter, value == null ? null : value.getBinaryStream());
  }

  @Override
  public void setClob(int parameter, @Nullable Reader reader, long length) throws SQLException {
    setCharacterStream(parameter, reader, length);
  }

  @Override
  public void setClob(int parameter, @Nullable Reader reader) throws SQLException {
    setCharacterStream(parameter, reader, TO_THE_END);
  }

  @Override
  public void setClob(int parameter, @Nullable Clob value) throws SQLException {
    setCharacterStream(parameter, value == null ? null : value.getCharacterStream());
  }

  @Override
  public void setNClob(int parameter, @Nullable Reader reader, long length) throws SQLException {
    setCharacterStream(parameter, reader, length);
  }

  @Override
  public void setNClob(int parameter, @Nullable Reader reader) throws SQLException {
    setCharacterStream(parameter, reader, TO_THE_END);
  }

  @Override
  public void setNClob(int parameter, @Nullable NClob value) throws SQLException {
    setClob(parameter, value);
  }

  private static byte[] read(InputStream stream, long length) throws SQLException {
    try {
      return stream.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
    } catch (IOException e) {
      throw new SQLException("the parameter's stream cannot be read", "22000", e);
    }
  }

  private static String read(Reader reader, long length) throws SQLException {
    StringBuilder text = new StringBuilder();
    char[] buffer = new char[4096];
    try {
      while (text.length() < length) {
        int wanted = (int) Math.min(buffer.length, length - text.length());
        int got = reader.read(buffer, 0, wanted);
        if (got < 0) {
          break;
        }
        text.append(buffer, 0, got);
      }
      return text.toString();
    } catch (IOException e) {
      throw new SQLException("the parameter's reader cannot be read", "22000", e);
    }
  }

  // What has no SQL type.

  @Override
  public void setRef(int parameter, @Nullable Ref value) throws SQLException {
    throw SqlErrors.notSupported("there is no REF type");
  }

  @Override
  public void setArray(int parameter, @Nullable Array value) throws SQLException {
    throw SqlErrors.notSupported("arrays cannot be parameters yet; pass the elements one by one");
  }

  @Override
  public void setURL(int parameter, @Nullable URL value) throws SQLException {
    setString(parameter, value == null ? null : value.toString());
  }

  @Override
  public void setRowId(int parameter, @Nullable RowId value) throws SQLException {
    throw SqlErrors.notSupported("there is no ROWID; use the primary key");
  }

  @Override
  public void setSQLXML(int parameter, @Nullable SQLXML value) throws SQLException {
    throw SqlErrors.notSupported("there is no XML type; use setString");
  }
}
