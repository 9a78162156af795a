package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import org.jspecify.annotations.Nullable;

/**
 * A new version of a key.
 *
 * @param key of at most {@link Key#BYTES_MAX} bytes
 * @param timestamp its transaction's commit timestamp, not before the epoch
 * @param value the encoded row, never empty; null deletes the key
 */
public record VersionWrite(Key key, Timestamp timestamp, byte @Nullable [] value) {
  public VersionWrite {
    Invariants.check(timestamp.nanos() >= 0, "a version of %s at %s", key, timestamp);
    Invariants.check(value == null || value.length > 0, "an empty value for %s", key);
  }
}
