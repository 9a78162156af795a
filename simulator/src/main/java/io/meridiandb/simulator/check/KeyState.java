package io.meridiandb.simulator.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One key while a history is replayed: its newest version, and what it may be as well. */
final class KeyState {
  /** So many writes of unknown outcome may show for the first time in one read. */
  private static final int POSSIBLE_TOGETHER_MAX = 3;

  /** So many of the newest additions may lie behind a write of unknown outcome. */
  private static final int ADDED_MAX = 256;

  private long value = Op.ABSENT;
  private List<Long> list = new ArrayList<>();
  private long timestamp = Long.MIN_VALUE;

  /** So many elements have been seen by a reader: nothing comes between them any more. */
  private int seenUpTo;

  /**
   * What was added since the value was last written or seen: a possible write may lie before it.
   */
  private List<Long> added = new ArrayList<>();

  /** Writes of transactions of which nobody knows whether they took place. */
  private final List<Op> possible = new ArrayList<>();

  long timestamp() {
    return timestamp;
  }

  /** A write that took place at {@code at}. */
  void apply(Op op, long at) {
    change(op);
    timestamp = at;
  }

  private void change(Op op) {
    switch (op) {
      case Op.Write write -> {
        value = write.value();
        added.clear();
      }
      case Op.Increment add -> {
        value = plus(value, add.delta());
        added.add(add.delta());
        if (added.size() > ADDED_MAX) {
          added.removeFirst();
        }
      }
      case Op.Append append -> list.add(append.element());
      case Op.Read _, Op.ReadList _, Op.ReadRange _ -> {}
    }
  }

  private static long plus(long value, long delta) {
    return value == Op.ABSENT ? Op.ABSENT : value + delta;
  }

  /** A write that may have taken place, or may yet: nothing tells when, so it stays possible. */
  void mayHave(Op op) {
    possible.add(op);
  }

  /**
   * Whether a reader may see {@code seen}; a possible write that explains it has taken place from
   * then on. It may lie before what was added by those who looked at nothing.
   */
  boolean shows(long seen) {
    return shows(seen, POSSIBLE_TOGETHER_MAX);
  }

  private boolean shows(long seen, int more) {
    if (seen == value) {
      added.clear();
      return true;
    }
    if (more == 0) {
      return false;
    }
    for (Op op : possible.stream().filter(op -> !(op instanceof Op.Append)).toList()) {
      long valueBefore = value;
      List<Long> addedBefore = added;
      possible.remove(op);
      for (int after = op instanceof Op.Write ? addedBefore.size() : 0; after >= 0; after--) {
        added = new ArrayList<>(addedBefore);
        change(op);
        addedBefore.subList(addedBefore.size() - after, addedBefore.size()).stream()
            .map(delta -> new Op.Increment(0, delta))
            .forEach(this::change);
        if (shows(seen, more - 1)) {
          return true;
        }
        value = valueBefore;
      }
      added = addedBefore;
      possible.add(op);
    }
    return false;
  }

  /**
   * The same for a list: a possible element may stand anywhere behind those that a reader has seen,
   * also before elements whose writers looked at nothing.
   */
  boolean shows(List<Long> seen) {
    List<Op> shown = new ArrayList<>();
    int known = 0;
    for (int i = 0; i < seen.size(); i++) {
      long element = seen.get(i);
      if (known < list.size() && list.get(known) == element) {
        known++;
        continue;
      }
      Optional<Op> append =
          possible.stream()
              .filter(op -> op instanceof Op.Append each && each.element() == element)
              .findFirst();
      if (i < seenUpTo || append.isEmpty()) {
        return false;
      }
      shown.add(append.get());
    }
    if (known < list.size()) {
      return false;
    }
    possible.removeAll(shown);
    list = new ArrayList<>(seen);
    seenUpTo = seen.size();
    return true;
  }

  boolean exists() {
    return value != Op.ABSENT;
  }

  @Override
  public String toString() {
    if (!list.isEmpty()) {
      return list.toString();
    }
    return exists() ? Long.toString(value) : "-";
  }

  /** The same key for one transaction, with what it has written itself so far. */
  KeyState copy() {
    KeyState copy = new KeyState();
    copy.value = value;
    copy.list = new ArrayList<>(list);
    copy.timestamp = timestamp;
    copy.seenUpTo = seenUpTo;
    copy.added = new ArrayList<>(added);
    copy.possible.addAll(possible);
    return copy;
  }
}
