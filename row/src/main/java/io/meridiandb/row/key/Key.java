package io.meridiandb.row.key;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * An encoded key: bytes whose unsigned order is the order of the rows. Immutable; no key is a
 * prefix of another row's key unless that row is interleaved in it.
 */
public final class Key implements Comparable<Key> {
  /** Longest key, in bytes (DESIGN 10). */
  public static final int BYTES_MAX = 8 << 10;

  /** The smallest key. */
  public static final Key MIN = new Key(new byte[0]);

  private final byte[] bytes;

  private Key(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes the array over: the caller must not change it any more. */
  public static Key of(byte[] bytes) {
    return new Key(bytes);
  }

  /** The bytes themselves, not a copy: never change them. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many bytes. */
  public int length() {
    return bytes.length;
  }

  /** Whether this key begins with all of {@code prefix}. */
  public boolean startsWith(Key prefix) {
    return bytes.length >= prefix.bytes.length
        && Arrays.equals(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
  }

  /** The smallest key greater than this one: it with a zero byte behind. */
  public Key successor() {
    return new Key(Arrays.copyOf(bytes, bytes.length + 1));
  }

  /** The smallest key greater than every key that begins with this one; null if there is none. */
  public @org.jspecify.annotations.Nullable Key prefixEnd() {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == (byte) 0xff) {
      end--;
    }
    if (end == 0) {
      return null;
    }
    byte[] next = Arrays.copyOf(bytes, end);
    next[end - 1]++;
    return new Key(next);
  }

  @Override
  public int compareTo(Key other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
