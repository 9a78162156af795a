package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.codec.SystemRows;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.key.SystemKeys;
import io.meridiandb.row.schema.SchemaVersion;
import org.jspecify.annotations.Nullable;

/**
 * Which schema version holds at a timestamp: the row that every DDL transaction writes says it,
 * like any other row (protocol G15, G29). A request that was planned with an older one is refused.
 */
final class SchemaGate {
  /** The row's key as a range: unapplied entries that write it change the schema. */
  static final KeyRange RANGE = KeyRange.point(SystemKeys.SCHEMA_VERSION);

  private final VersionStore store;
  private SchemaVersion latest = SchemaVersion.INITIAL;
  private Timestamp latestSince = Timestamp.MIN;

  SchemaGate(VersionStore store) {
    this.store = store;
    refresh();
  }

  /** The row was written, or the tablet was exchanged. */
  void refresh() {
    VersionStore.Version row = store.read(SystemKeys.SCHEMA_VERSION, Timestamp.MAX);
    latest = versionOf(row);
    latestSince = row == null ? Timestamp.MIN : row.timestamp();
  }

  /** The version at {@code at}. */
  SchemaVersion at(Timestamp at) {
    return at.isBefore(latestSince) ? versionOf(store.read(SystemKeys.SCHEMA_VERSION, at)) : latest;
  }

  /** Whether a request planned with {@code planned} may go on at {@code at}. */
  boolean admits(long planned, Timestamp at) {
    return planned == SchemaVersion.EXEMPT.value() || planned >= at(at).value();
  }

  private static SchemaVersion versionOf(VersionStore.@Nullable Version row) {
    return row == null || row.value() == null
        ? SchemaVersion.INITIAL
        : SystemRows.schemaVersion(row.value());
  }
}
