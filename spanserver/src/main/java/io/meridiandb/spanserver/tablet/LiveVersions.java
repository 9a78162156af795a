package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Versions without those that no read at or above the horizon can see: of each key all versions
 * above the horizon stay, and of the others the newest, unless it is a tombstone. Only for a merge
 * that takes in every file: a tombstone that goes would let an older version below it reappear.
 */
final class LiveVersions implements Iterator<Map.Entry<VersionedKey, byte[]>> {
  private final Iterator<Map.Entry<VersionedKey, byte[]>> all;
  private final long horizon;
  private byte @Nullable [] settledKey;
  private Map.@Nullable Entry<VersionedKey, byte[]> next;

  LiveVersions(Iterator<Map.Entry<VersionedKey, byte[]>> all, Timestamp horizon) {
    this.all = all;
    this.horizon = horizon.nanos();
    advance();
  }

  private void advance() {
    next = null;
    while (next == null && all.hasNext()) {
      Map.Entry<VersionedKey, byte[]> version = all.next();
      VersionedKey key = version.getKey();
      if (key.nanos > horizon) {
        next = version;
      } else if (settledKey == null || !key.sameKey(settledKey)) {
        settledKey = key.key;
        next = version.getValue().length == 0 ? null : version;
      }
    }
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Map.Entry<VersionedKey, byte[]> next() {
    Map.Entry<VersionedKey, byte[]> result = next;
    if (result == null) {
      throw new NoSuchElementException();
    }
    advance();
    return result;
  }
}
