package io.meridiandb.simulator.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one transaction has seen and written itself so far: its later reads must agree. */
final class OwnView {
  private final Map<Long, Long> written = new TreeMap<>();
  private final Map<Long, Long> seen = new TreeMap<>();
  private final Map<Long, List<Long>> appended = new TreeMap<>();
  private final Txn txn;

  OwnView(Txn txn) {
    this.txn = txn;
  }

  @Nullable Long written(long key) {
    return written.get(key);
  }

  @Nullable Long seen(long key) {
    return seen.get(key);
  }

  void saw(long key, long value) {
    seen.put(key, value);
  }

  /** Notes a write; what was seen before it, if it is the first of that key and it saw it. */
  @Nullable Long firstWrite(Op.Write write) {
    Long before =
        written.containsKey(write.key()) ? written.get(write.key()) : seen.get(write.key());
    written.put(write.key(), write.value());
    return before;
  }

  void appended(Op.Append append) {
    appended.computeIfAbsent(append.key(), key -> new ArrayList<>()).add(append.element());
  }

  /** A list without the transaction's own elements; null if those do not stand at its end. */
  @Nullable List<Long> withoutOwn(Op.ReadList read) {
    List<Long> own = appended.getOrDefault(read.key(), List.of());
    int others = read.elements().size() - own.size();
    if (others < 0 || !read.elements().subList(others, read.elements().size()).equals(own)) {
      return null;
    }
    return read.elements().subList(0, others);
  }

  @Override
  public String toString() {
    return "what " + txn + " has seen";
  }
}
