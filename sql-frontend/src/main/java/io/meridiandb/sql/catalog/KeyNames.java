package io.meridiandb.sql.catalog;

import io.meridiandb.row.expr.ValueText;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keys in words of the catalog: {@code orders(7, 'x')}; the bytes where it has no words. */
public final class KeyNames {
  private final Catalog catalog;

  /** Names of a catalog's tables. */
  public KeyNames(Catalog catalog) {
    this.catalog = catalog;
  }

  /** The row or table that a key is or begins. */
  public String of(Key key) {
    if (key.equals(Key.MIN)) {
      return "(first)";
    }
    for (TableDescriptor table : catalog.tables()) {
      if (table.parent() == null) {
        for (KeyCodec placed : KeyCodec.of(table).perPlacement()) {
          String text = text(placed, key);
          if (text != null) {
            return text;
          }
        }
      }
    }
    return "x" + key;
  }

  /** As {@link #of} for the end of a range; null is the end of all keys. */
  public String ofEnd(@Nullable Key key) {
    if (key == null) {
      return "(last)";
    }
    for (TableDescriptor table : catalog.tables()) {
      if (table.parent() == null) {
        for (KeyCodec placed : KeyCodec.of(table).perPlacement()) {
          if (Objects.equals(key, placed.prefix(List.of()).prefixEnd())) {
            return "end of " + table.name();
          }
        }
      }
    }
    return of(key);
  }

  private static @Nullable String text(KeyCodec codec, Key key) {
    if (!key.startsWith(codec.prefix(List.of()))) {
      return null;
    }
    TableDescriptor table = codec.table();
    List<@Nullable Object> values;
    try {
      values = codec.leading(key);
    } catch (MeridianException e) {
      return null; // cut in the middle of a value: only the bytes can say it
    }
    if (values.isEmpty()) {
      return table.name();
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      int column = table.primaryKey().get(i).column();
      texts.add(
          value == null ? "NULL" : ValueText.format(value, table.columns().get(column).type()));
    }
    return table.name() + "(" + String.join(", ", texts) + ")";
  }
}
