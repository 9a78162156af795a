package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How large ranges of a held view are, from samples: no file is read. */
final class SizeEstimate {
  private SizeEstimate() {}

  /** About how many bytes of keys and values, all versions, lie in a range. */
  static long bytesIn(View view, KeyRange range) {
    long[] sum = new long[1];
    visitMemory(view, range, (key, bytes) -> sum[0] += bytes);
    for (Run run : view.runs) {
      sum[0] += run.shownBytes(range);
    }
    return sum[0];
  }

  /** Keys that cut a range into about equal parts. */
  static List<Key> splitKeys(View view, KeyRange range, int parts) {
    Invariants.check(parts > 1, "a range is cut into %s parts", parts);
    SortedMap<Key, Long> samples = new TreeMap<>();
    Samples.Visitor add = (key, bytes) -> samples.merge(key, bytes, Long::sum);
    visitMemory(view, range, add);
    for (Run run : view.runs) {
      for (KeyRange gap : run.hidden().gapsIn(range)) {
        run.files().forEach(file -> file.samples().visit(gap, add));
      }
    }
    long total = samples.values().stream().mapToLong(Long::longValue).sum();
    List<Key> cuts = new ArrayList<>();
    long before = 0;
    for (Map.Entry<Key, Long> sample : samples.entrySet()) {
      boolean due = before * parts >= total * (cuts.size() + 1);
      if (due && cuts.size() < parts - 1 && sample.getKey().compareTo(range.start()) > 0) {
        cuts.add(sample.getKey());
      }
      before += sample.getValue();
    }
    return cuts;
  }

  private static void visitMemory(View view, KeyRange range, Samples.Visitor visitor) {
    Key end = range.end();
    VersionedKey from = VersionedKey.before(range.start());
    VersionedKey to = end == null ? null : VersionedKey.before(end);
    visit(view.active.range(from, to, false), visitor);
    for (MemoryLayer layer : view.layers) {
      visit(layer.range(from, to, false), visitor);
    }
  }

  private static void visit(
      Iterator<Map.Entry<VersionedKey, byte[]>> versions, Samples.Visitor visitor) {
    Key first = null;
    long bytes = 0;
    while (versions.hasNext()) {
      Map.Entry<VersionedKey, byte[]> each = versions.next();
      if (first == null) {
        first = Key.of(each.getKey().key);
      } else if (bytes >= Samples.INTERVAL_BYTES_MIN) {
        visitor.visit(first, bytes);
        first = Key.of(each.getKey().key);
        bytes = 0;
      }
      bytes +=
          each.getKey().key.length + each.getValue().length + FileBuilder.VERSION_OVERHEAD_BYTES;
    }
    if (first != null) {
      visitor.visit(first, bytes);
    }
  }
}
