package io.meridiandb.row.key;

import org.jspecify.annotations.Nullable;

/**
 * The keys from {@code start} (included) to {@code end} (not included).
 *
 * @param end null means without end
 */
public record KeyRange(Key start, @Nullable Key end) {
  /** Every key. */
  public static final KeyRange ALL = new KeyRange(Key.MIN, null);

  /** Only {@code key}. */
  public static KeyRange point(Key key) {
    return new KeyRange(key, key.successor());
  }

  /** Every key that begins with {@code prefix}. */
  public static KeyRange prefix(Key prefix) {
    return new KeyRange(prefix, prefix.prefixEnd());
  }

  /** Whether {@code key} lies within. */
  public boolean contains(Key key) {
    return key.compareTo(start) >= 0 && (end == null || key.compareTo(end) < 0);
  }

  /** Whether no key lies within. */
  public boolean isEmpty() {
    return end != null && start.compareTo(end) >= 0;
  }

  /** Whether any key lies within both. */
  public boolean overlaps(KeyRange other) {
    return (other.end == null || start.compareTo(other.end) < 0)
        && (end == null || other.start.compareTo(end) < 0);
  }

  /** Whether this is exactly one key. */
  public boolean isPoint() {
    return end != null
        && end.length() == start.length() + 1
        && end.bytes()[start.length()] == 0
        && end.startsWith(start);
  }
}
