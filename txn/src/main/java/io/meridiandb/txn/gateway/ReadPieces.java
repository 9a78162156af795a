package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.gateway.Router.Located;
import java.util.ArrayDeque;
import java.util.ArrayList;
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

  private List<Located> partsOf(KeyRange range) {
    GroupId group = range.isEmpty() ? router.locate(range.start()) : router.locate(range);
    if (group != null) {
      return List.of(new Located(range, group));
    }
    List<Located> parts = router.cut(range);
    return reverse ? parts.reversed() : parts;
  }
}
