package io.meridiandb.txn.gateway;

import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.txn.proto.Write.Action;
import io.meridiandb.txn.proto.Write.Condition;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The writes that a transaction has not committed yet, at its gateway (Spanner OSDI'12 4.2.1). For
 * each key: what must hold before the transaction, and what the key becomes. Used by one fiber.
 */
final class WriteBuffer {
  /**
   * One key.
   *
   * @param order when it was first touched: conditions are reported in the order of the statements
   * @param condition what must hold for the stored row
   * @param action what happens to it
   * @param value the row of a PUT
   */
  record Entry(int order, Condition condition, Action action, byte @Nullable [] value) {
    boolean undecided() {
      return condition != Condition.NONE;
    }
  }

  /** What some mutations would make of the buffer. */
  static final class Change {
    private final TreeMap<Key, Entry> entries = new TreeMap<>();

    /** What the leader has to lock and to check for it; empty if nothing is to be checked. */
    List<Write> toCheck() {
      List<Write> checks = new ArrayList<>();
      boolean conditions = false;
      for (Map.Entry<Key, Entry> each : entries.entrySet()) {
        Entry entry = each.getValue();
        conditions |= entry.undecided();
        checks.add(
            Write.newBuilder()
                .setKey(Protos.bytes(each.getKey()))
                .setCondition(entry.condition)
                .setAction(entry.action)
                .build());
      }
      return conditions ? checks : List.of();
    }

    /** The leader has locked the keys, and their conditions hold as long as the locks do. */
    void verified() {
      entries.replaceAll(
          (key, entry) -> new Entry(entry.order, Condition.NONE, entry.action, entry.value));
    }
  }

  private final TreeMap<Key, Entry> entries = new TreeMap<>();
  private long bytes;
  private int nextOrder;

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Any key that is written; the buffer is not empty. */
  Key anyKey() {
    return entries.firstKey();
  }

  /**
   * Works out what the mutations do to the buffered state; changes nothing yet.
   *
   * @throws ConditionFailedException if one cannot hold after the transaction's own writes
   */
  Change plan(List<Mutation> mutations) {
    Change change = new Change();
    for (Mutation mutation : mutations) {
      Key key = mutation.key();
      if (key.length() > Key.BYTES_MAX) {
        throw new MeridianException(
            ErrorCode.PROGRAM_LIMIT_EXCEEDED,
            "a key of %d bytes; %d at most".formatted(key.length(), Key.BYTES_MAX));
      }
      byte[] value = mutation.value();
      if (value != null && key.length() + value.length > TxnLimits.ROW_BYTES_MAX) {
        throw new MeridianException(
            ErrorCode.PROGRAM_LIMIT_EXCEEDED,
            "a row of %d bytes; %d at most".formatted(value.length, TxnLimits.ROW_BYTES_MAX));
      }
      Entry before = change.entries.get(key);
      if (before == null) {
        before = entries.get(key);
      }
      if (before == null) {
        before = new Entry(nextOrder++, Condition.NONE, Action.KEEP, null);
      }
      change.entries.put(key, merge(before, mutation));
    }
    return change;
  }

  private static Entry merge(Entry before, Mutation mutation) {
    Entry put = new Entry(before.order, before.condition, Action.PUT, mutation.value());
    return switch (mutation.kind()) {
      case PUT -> put;
      case DELETE -> new Entry(before.order, before.condition, Action.DELETE, null);
      case INSERT -> {
        if (existsAfter(before)) {
          throw new ConditionFailedException(mutation.kind(), mutation.key());
        }
        yield before.action == Action.DELETE
            ? put
            : new Entry(before.order, Condition.MUST_NOT_EXIST, Action.PUT, mutation.value());
      }
      case REQUIRE -> {
        if (before.action == Action.DELETE
            || (before.action == Action.KEEP && before.condition == Condition.MUST_NOT_EXIST)) {
          throw new ConditionFailedException(mutation.kind(), mutation.key());
        }
        yield before.action == Action.KEEP
            ? new Entry(before.order, Condition.MUST_EXIST, Action.KEEP, null)
            : before;
      }
      case FORBID -> {
        if (existsAfter(before)) {
          throw new ConditionFailedException(mutation.kind(), mutation.key());
        }
        yield before.action == Action.KEEP
            ? new Entry(before.order, Condition.MUST_NOT_EXIST, Action.KEEP, null)
            : before;
      }
    };
  }

  /** Whether the row surely exists once the transaction's writes so far are done. */
  private static boolean existsAfter(Entry entry) {
    return entry.action == Action.PUT
        || (entry.action == Action.KEEP && entry.condition == Condition.MUST_EXIST);
  }

  /**
   * Takes the change in.
   *
   * @throws MeridianException PROGRAM_LIMIT_EXCEEDED if the transaction becomes too large
   */
  void install(Change change) {
    long more = 0;
    int keys = entries.size();
    for (Map.Entry<Key, Entry> each : change.entries.entrySet()) {
      Entry before = entries.get(each.getKey());
      keys += before == null ? 1 : 0;
      more += size(each.getKey(), each.getValue());
      more -= before == null ? 0 : size(each.getKey(), before);
    }
    if (keys > TxnLimits.MUTATIONS_MAX) {
      throw new MeridianException(
              ErrorCode.PROGRAM_LIMIT_EXCEEDED,
              "a transaction may write %d rows at most".formatted(TxnLimits.MUTATIONS_MAX))
          .withHint("Commit in smaller transactions.");
    }
    if (bytes + more > TxnLimits.BYTES_MAX) {
      throw new MeridianException(
              ErrorCode.PROGRAM_LIMIT_EXCEEDED,
              "a transaction may write %d MiB at most".formatted(TxnLimits.BYTES_MAX >> 20))
          .withHint("Commit in smaller transactions.");
    }
    entries.putAll(change.entries);
    bytes += more;
  }

  private static long size(Key key, Entry entry) {
    return (long) key.length() + (entry.value == null ? 0 : entry.value.length);
  }

  /** Everything, in the order of the statements, as a commit carries it. */
  List<Write> writes() {
    List<Map.Entry<Key, Entry>> ordered = new ArrayList<>(entries.entrySet());
    ordered.sort(Comparator.comparingInt(each -> each.getValue().order));
    List<Write> writes = new ArrayList<>(ordered.size());
    for (Map.Entry<Key, Entry> each : ordered) {
      Entry entry = each.getValue();
      Write.Builder write =
          Write.newBuilder()
              .setKey(Protos.bytes(each.getKey()))
              .setCondition(entry.condition)
              .setAction(entry.action);
      if (entry.value != null) {
        write.setValue(UnsafeByteOperations.unsafeWrap(entry.value));
      }
      if (entry.action != Action.KEEP || entry.undecided()) {
        writes.add(write.build());
      }
    }
    return writes;
  }

  /** A copy of what changes rows within the ranges; empty if nothing does. */
  NavigableMap<Key, Entry> within(List<KeyRange> ranges) {
    NavigableMap<Key, Entry> found = new TreeMap<>();
    if (entries.isEmpty()) {
      return found;
    }
    for (KeyRange range : ranges) {
      for (Map.Entry<Key, Entry> each : entries.tailMap(range.start(), true).entrySet()) {
        if (!range.contains(each.getKey())) {
          break;
        }
        if (each.getValue().action != Action.KEEP) {
          found.put(each.getKey(), each.getValue());
        }
      }
    }
    return found;
  }
}
