package io.meridiandb.simulator.check;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a history says about the order of one key's versions without any timestamp: a list shows its
 * whole past; a value that was read and overwritten within one transaction comes right before the
 * new one; and no row comes before all rows.
 */
final class VersionOrder {
  /** Who put and who saw one value or element. */
  static final class Version {
    private @Nullable Txn writer;
    private final List<Txn> readers = new ArrayList<>();

    /** Versions known to come later with none known between. */
    private final Set<Long> next = new LinkedHashSet<>();

    @Nullable Txn writer() {
      return writer;
    }

    List<Txn> readers() {
      return readers;
    }

    Set<Long> next() {
      return next;
    }
  }

  private final long key;
  private final Map<Long, Version> versions = new TreeMap<>();
  private List<Long> longest = List.of();
  private boolean list;

  VersionOrder(long key) {
    this.key = key;
    version(Op.ABSENT);
  }

  Version version(long value) {
    return versions.computeIfAbsent(value, number -> new Version());
  }

  Map<Long, Version> versions() {
    return versions;
  }

  /** A value was put; returns what is wrong with it, or null. */
  @Nullable String put(long value, Txn writer) {
    Version version = version(value);
    if (version.writer != null && version.writer.id() != writer.id()) {
      return "key " + key + " got the value " + value + " from two transactions";
    }
    version.writer = writer;
    return null;
  }

  void append(long element, Txn writer, List<String> wrong) {
    list = true;
    String twice = put(element, writer);
    if (twice != null) {
      wrong.add(twice);
    }
  }

  void read(long value, Txn reader) {
    version(value).readers.add(reader);
  }

  /** A whole list was seen; returns what is wrong with it, or null. */
  @Nullable String readList(List<Long> elements, Txn reader) {
    list = true;
    read(elements.isEmpty() ? Op.ABSENT : elements.getLast(), reader);
    if (new LinkedHashSet<>(elements).size() < elements.size()) {
      return "key " + key + " shows an element twice: " + elements;
    }
    boolean less = elements.size() < longest.size();
    List<Long> shorter = less ? elements : longest;
    List<Long> longer = less ? longest : elements;
    if (!longer.subList(0, shorter.size()).equals(shorter)) {
      return "key " + key + " had two pasts: " + shorter + " and " + longer;
    }
    longest = longer;
    return null;
  }

  /** A transaction saw {@code before} and then put {@code after}. */
  void overwrite(long before, long after) {
    if (!list && before != after) {
      version(before).next.add(after);
    }
  }

  /** Completes the order once all of the history was told. */
  void close() {
    Version none = version(Op.ABSENT);
    if (!list) {
      for (long value : List.copyOf(versions.keySet())) {
        if (value != Op.ABSENT && version(value).writer != null) {
          none.next.add(value);
        }
      }
      return;
    }
    long before = Op.ABSENT;
    for (long element : longest) {
      version(before).next.add(element);
      before = element;
    }
    Version last = version(before);
    Set<Long> seen = new LinkedHashSet<>(longest);
    List<Long> unseen = new ArrayList<>();
    versions.forEach((element, version) -> {
      boolean committed =
          version.writer != null && version.writer.outcome() == Txn.Outcome.COMMITTED;
      if (element != Op.ABSENT && committed && !seen.contains(element)) {
        unseen.add(element);
      }
    });
    last.next.addAll(unseen); // nobody saw them: they came after all that was seen
  }
}
