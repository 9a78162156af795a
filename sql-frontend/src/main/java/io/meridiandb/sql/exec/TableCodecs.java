package io.meridiandb.sql.exec;

import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.schema.TableDescriptor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Codecs of the tables that a session used last, so that they are not made for each statement. */
public final class TableCodecs {
  private static final int TABLES_MAX = 256;

  private final Map<Long, RowCodec> codecs = new LinkedHashMap<>();

  /** The codec of a table's rows. */
  public RowCodec rows(TableDescriptor table) {
    RowCodec codec = codecs.get(table.id());
    if (codec == null || !codec.keys().table().equals(table)) {
      if (codecs.size() >= TABLES_MAX) {
        codecs.clear();
      }
      codec = RowCodec.of(table);
      codecs.put(table.id(), codec);
    }
    return codec;
  }

  /** The codec of a table's keys. */
  public KeyCodec keys(TableDescriptor table) {
    return rows(table).keys();
  }
}
