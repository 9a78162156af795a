package io.meridiandb.txn.participant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.codec.SystemRows;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.proto.Write;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which schema version holds in this group at a timestamp: the group's copy of the row that DDL
 * transactions write says it, like any other row (protocol G29). A request that was planned with an
 * older one is refused.
 */
final class SchemaGate {
  /** The row's key as a range: unapplied entries that write it change the schema. */
  final KeyRange range;

  private final Key key;
  private final VersionStore store;
  private SchemaVersion latest = SchemaVersion.INITIAL;
  private Timestamp latestSince = Timestamp.MIN;

  SchemaGate(GroupId group, VersionStore store) {
    this.key = GroupKeys.schemaVersion(group);
    this.range = KeyRange.point(key);
    this.store = store;
    refresh();
  }

  /** Whether any of the writes is to the row. */
  boolean isWrittenBy(List<Write> writes) {
    for (Write write : writes) {
      if (write.getKey().size() == key.length() && Protos.key(write.getKey()).equals(key)) {
        return true;
      }
    }
    return false;
  }

  /** The row was written, or the tablet was exchanged. */
  void refresh() {
    VersionStore.Version row = store.read(key, Timestamp.MAX);
    latest = versionOf(row);
    latestSince = row == null ? Timestamp.MIN : row.timestamp();
  }

  /** The version at {@code at}. */
  SchemaVersion at(Timestamp at) {
    return at.isBefore(latestSince) ? versionOf(store.read(key, at)) : latest;
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
