package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import java.util.Arrays;

/**
 * A key and the timestamp of one of its versions. Order: by key, then the newest version first. The
 * two are compared one after the other, never as one run of bytes: a parent's key is a prefix of
 * its children's, and their versions must not mix.
 */
final class VersionedKey implements Comparable<VersionedKey> {
  final byte[] key;
  final long nanos;

  VersionedKey(byte[] key, long nanos) {
    this.key = key;
    this.nanos = nanos;
  }

  /** Before all versions of {@code key}. */
  static VersionedKey before(Key key) {
    return new VersionedKey(key.bytes(), Long.MAX_VALUE);
  }

  static VersionedKey of(Key key, Timestamp timestamp) {
    return new VersionedKey(key.bytes(), timestamp.nanos());
  }

  boolean sameKey(byte[] other) {
    return Arrays.equals(key, other);
  }

  Timestamp timestamp() {
    return new Timestamp(nanos);
  }

  @Override
  public int compareTo(VersionedKey other) {
    int byKey = Arrays.compareUnsigned(key, other.key);
    return byKey != 0 ? byKey : Long.compare(other.nanos, nanos);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VersionedKey that
        && nanos == that.nanos
        && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(key) + Long.hashCode(nanos);
  }

  @Override
  public String toString() {
    return Key.of(key) + "@" + timestamp();
  }
}
