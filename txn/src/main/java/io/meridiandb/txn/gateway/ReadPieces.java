package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.gateway.Router.Located;
import io.meridiandb.txn.proto.Directory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is left to be read, taken off in pieces that one request can ask one group for. Ranges are
 * cut where the router says that the group changes; the order of the rows stays.
 */
final class ReadPieces {
  /** Ranges in one group, in the order in which their rows are wanted. */
  record Piece(GroupId group, List<KeyRange> ranges) {}

  private final Router router;
  private final boolean reverse;
  private final Deque<KeyRange> left;
  private final List<Located> told = new ArrayList<>(0);

  ReadPieces(Router router, boolean reverse, List<KeyRange> ranges) {
    this.router = router;
    this.reverse = reverse;
    this.left = new ArrayDeque<>(ranges);
  }

  boolean isEmpty() {
    return left.isEmpty();
  }

  /** Gives ranges back: they come before everything that is left. */
  void putBack(List<KeyRange> ranges) {
    for (KeyRange range : ranges.reversed()) {
      left.addFirst(range);
    }
  }

  /** The next piece; null at the end. */
  @Nullable Piece take() {
    GroupId group = null;
    List<KeyRange> ranges = new ArrayList<>();
    while (!left.isEmpty() && ranges.size() < TxnLimits.READ_RANGES_MAX) {
      KeyRange range = left.removeFirst();
      List<Located> parts = partsOf(range);
      Located first = parts.getFirst();
      if (group != null && !group.equals(first.group())) {
        left.addFirst(range);
        break;
      }
      group = first.group();
      ranges.add(first.range());
      for (Located later : parts.subList(1, parts.size()).reversed()) {
        left.addFirst(later.range());
      }
      if (parts.size() > 1) {
        break;
      }
    }
    return group == null ? null : new Piece(group, ranges);
  }

  /**
   * Somebody who was asked in vain says who has, or had at the timestamp of the read, some rows:
   * that holds for the rest of this read, whatever the router believes about the present.
   */
  void told(List<Directory> hints) {
    for (Directory hint : hints) {
      KeyRange range = Protos.range(hint.getRange());
      told.removeIf(earlier -> earlier.range().overlaps(range));
      told.add(new Located(range, new GroupId(hint.getGroup())));
    }
  }

  private List<Located> partsOf(KeyRange range) {
    Located hint = told.isEmpty() ? null : firstTold(range);
    if (hint != null) {
      return splitAt(range, hint);
    }
    GroupId group = range.isEmpty() ? router.locate(range.start()) : router.locate(range);
    if (group != null) {
      return List.of(new Located(range, group));
    }
    List<Located> parts = router.cut(range);
    return reverse ? parts.reversed() : parts;
  }

  private @Nullable Located firstTold(KeyRange range) {
    for (Located each : told) {
      if (!range.isEmpty() && each.range().overlaps(range)) {
        return each;
      }
    }
    return null;
  }

  /** What lies before, in and behind the range of the hint; all but the middle is cut again. */
  private List<Located> splitAt(KeyRange range, Located hint) {
    List<Located> parts = new ArrayList<>(3);
    Key from = hint.range().start();
    Key to = hint.range().end();
    Key start = range.start();
    Key end = range.end();
    boolean before = start.compareTo(from) < 0;
    boolean behind = to != null && (end == null || to.compareTo(end) < 0);
    KeyRange middle = new KeyRange(before ? from : start, behind ? to : end);
    if (before) {
      parts.addAll(partsOf(new KeyRange(start, from)));
    }
    parts.add(new Located(middle, hint.group()));
    if (behind && to != null) {
      parts.addAll(partsOf(new KeyRange(to, end)));
    }
    parts.sort(Comparator.comparing(part -> part.range().start()));
    return reverse ? parts.reversed() : parts;
  }
}
