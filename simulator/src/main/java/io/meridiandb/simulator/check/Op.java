package io.meridiandb.simulator.check;

import java.util.List;

/** What a transaction did to one key, or to a range of them, and what it saw. */
public sealed interface Op {
  /** The value of a key that has no row. */
  long ABSENT = Long.MIN_VALUE;

  /** It saw this value. */
  record Read(long key, long value) implements Op {
    @Override
    public String toString() {
      return "r " + key + "=" + show(value);
    }
  }

  /**
   * It put this value; {@link #ABSENT} deletes. The cycle checker needs values that no other
   * transaction puts under the same key.
   */
  record Write(long key, long value) implements Op {
    @Override
    public String toString() {
      return "w " + key + "=" + show(value);
    }
  }

  /** It added so much without telling what was there. */
  record Increment(long key, long delta) implements Op {
    @Override
    public String toString() {
      return "+ " + key + (delta < 0 ? "" : "+") + delta;
    }
  }

  /** It put one more element at the end of a list; elements of a key are unique. */
  record Append(long key, long element) implements Op {
    @Override
    public String toString() {
      return "a " + key + "<" + element;
    }
  }

  /** It saw this list; empty if there is no row. */
  record ReadList(long key, List<Long> elements) implements Op {
    public ReadList {
      elements = List.copyOf(elements);
    }

    @Override
    public String toString() {
      return "l " + key + "=" + elements;
    }
  }

  /** A row of a range. */
  record Row(long key, long value) {
    @Override
    public String toString() {
      return key + ":" + value;
    }
  }

  /** It saw exactly these rows with {@code from <= key < to}, in the order of keys. */
  record ReadRange(long from, long to, List<Row> rows) implements Op {
    public ReadRange {
      rows = List.copyOf(rows);
    }

    @Override
    public String toString() {
      return "s " + from + ".." + to + "=" + rows;
    }
  }

  private static String show(long value) {
    return value == ABSENT ? "-" : Long.toString(value);
  }
}
