package io.meridiandb.spanserver.directory;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.participant.VersionStore;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A store that keeps the newest version of each key only. */
final class NewestVersions implements VersionStore {
  private final TreeMap<Key, Version> versions = new TreeMap<>();

  void write(Mutation mutation) {
    versions.put(mutation.key(), new Version(Timestamp.ZERO, mutation.value()));
  }

  @Override
  public @Nullable Version read(Key key, Timestamp at) {
    return versions.get(key);
  }

  @Override
  public void scan(KeyRange range, boolean reverse, Timestamp at, Visitor visitor) {
    for (Map.Entry<Key, Version> entry : versions.entrySet()) {
      if (range.contains(entry.getKey()) && !visitor.visit(entry.getKey(), entry.getValue())) {
        return;
      }
    }
  }

  @Override
  public Timestamp horizon() {
    return Timestamp.MIN;
  }
}
