package io.meridiandb.paxos.attack;

import java.util.Arrays;

/** A hash table from long to long without boxes: open addressing, keys never zero. */
final class LongTable {
  private long[] keys;
  private long[] values;
  private int size;

  /** With or without values: a set has none. */
  LongTable(int slotsPowerOfTwo, boolean withValues) {
    keys = new long[slotsPowerOfTwo];
    values = withValues ? new long[slotsPowerOfTwo] : new long[0];
  }

  int size() {
    return size;
  }

  /** A bijection: different states never fall together. */
  private static int slot(long key, int slots) {
    long h = key * 0x9E3779B97F4A7C15L;
    h ^= h >>> 32;
    h *= 0xD6E8FEB86659FD93L;
    return (int) (h >>> 33) & (slots - 1);
  }

  /** The value, or -1. */
  long get(long key) {
    int at = slot(key, keys.length);
    while (keys[at] != 0) {
      if (keys[at] == key) {
        return values[at];
      }
      at = (at + 1) & (keys.length - 1);
    }
    return -1;
  }

  void put(long key, long value) {
    int at = place(key); // may replace the array
    values[at] = value;
  }

  /** Whether the key is new. */
  boolean add(long key) {
    int before = size;
    place(key);
    return size > before;
  }

  private int place(long key) {
    if (4L * size > 3L * keys.length) {
      grow();
    }
    int at = slot(key, keys.length);
    while (keys[at] != 0 && keys[at] != key) {
      at = (at + 1) & (keys.length - 1);
    }
    if (keys[at] == 0) {
      keys[at] = key;
      size++;
    }
    return at;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldValues = values;
    keys = new long[2 * oldKeys.length];
    values = Arrays.copyOf(values, oldValues.length == 0 ? 0 : keys.length);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int at = slot(oldKeys[i], keys.length);
        while (keys[at] != 0) {
          at = (at + 1) & (keys.length - 1);
        }
        keys[at] = oldKeys[i];
        if (oldValues.length > 0) {
          values[at] = oldValues[i];
        }
      }
    }
  }
}
