package io.meridiandb.row.codec;

import io.meridiandb.row.key.SystemKeys;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import org.jspecify.annotations.Nullable;

/** Rows of the system tables that modules below SQL read and write themselves. */
public final class SystemRows {
  private static final RowCodec SCHEMA_VERSION = RowCodec.of(SystemTables.SCHEMA_VERSION);
  private static final int VERSION_COLUMN = 1;

  private SystemRows() {}

  /** The value of the row {@link SystemKeys#SCHEMA_VERSION}. */
  public static byte[] encode(SchemaVersion version) {
    return SCHEMA_VERSION.encode(new Object[] {0L, version.value()});
  }

  /**
   * Reads the value of the row {@link SystemKeys#SCHEMA_VERSION}.
   *
   * @throws MeridianException DATA_CORRUPTED if it is damaged
   */
  public static SchemaVersion schemaVersion(byte[] value) {
    @Nullable Object @Nullable [] row = SCHEMA_VERSION.decode(SystemKeys.SCHEMA_VERSION, value);
    if (row == null || !(row[VERSION_COLUMN] instanceof Long version)) {
      throw new MeridianException(
          ErrorCode.DATA_CORRUPTED, "the schema version row has no version");
    }
    return new SchemaVersion(version);
  }
}
