package io.meridiandb.txn.participant;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.lock.LockWish;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.txn.proto.Write.Action;
import io.meridiandb.txn.proto.Write.Condition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a transaction's write set asks of locks and rows. */
final class Writes {
  private Writes() {}

  /**
   * A condition that does not hold.
   *
   * @param seen the timestamp of the version that says so
   */
  record Failure(Mutation.Kind kind, Key key, Timestamp seen) {}

  /** Exclusive on what is written or must not exist, shared on what must only exist. */
  static List<LockWish> wishes(List<Write> writes) {
    List<LockWish> wishes = new ArrayList<>(writes.size());
    for (Write write : writes) {
      boolean onlyLookedAt =
          write.getAction() == Action.KEEP && write.getCondition() == Condition.MUST_EXIST;
      wishes.add(
          new LockWish(
              KeyRange.point(Protos.key(write.getKey())),
              onlyLookedAt ? LockMode.SHARED : LockMode.EXCLUSIVE));
    }
    return wishes;
  }

  /** The first condition that does not hold, or null. The keys are locked. */
  static @Nullable Failure check(VersionStore store, List<Write> writes) {
    for (Write write : writes) {
      Failure failure = write.getCondition() == Condition.NONE ? null : check(store, write);
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  private static @Nullable Failure check(VersionStore store, Write write) {
    Key key = Protos.key(write.getKey());
    VersionStore.Version version = store.read(key, Timestamp.MAX);
    boolean exists = version != null && version.value() != null;
    Timestamp seen = version == null ? Timestamp.MIN : version.timestamp();
    return switch (write.getCondition()) {
      case MUST_NOT_EXIST -> exists ? new Failure(Mutation.Kind.INSERT, key, seen) : null;
      case MUST_EXIST -> exists ? null : new Failure(Mutation.Kind.REQUIRE, key, seen);
      case NONE, UNRECOGNIZED -> null;
    };
  }

  /** What is wrong with the writes so that they must never reach the log; null if nothing is. */
  static @Nullable String malformed(List<Write> writes) {
    Set<ByteString> keys = new LinkedHashSet<>();
    for (Write write : writes) {
      if (write.getKey().isEmpty() || write.getKey().size() > Key.BYTES_MAX) {
        return "a key of %d bytes; 1 to %d are allowed"
            .formatted(write.getKey().size(), Key.BYTES_MAX);
      }
      if (!keys.add(write.getKey())) {
        return "two writes of one key";
      }
      if (write.getSerializedSize() > TxnLimits.ROW_BYTES_MAX + Key.BYTES_MAX) {
        return "a row of %d bytes; %d at most"
            .formatted(write.getValue().size(), TxnLimits.ROW_BYTES_MAX);
      }
      if (write.getAction() == Action.PUT && write.getValue().isEmpty()) {
        return "a row of no bytes";
      }
    }
    return null;
  }

  /** Those that change something, as they go into the log. */
  static List<Write> applied(List<Write> writes) {
    List<Write> applied = new ArrayList<>(writes.size());
    for (Write write : writes) {
      if (write.getAction() == Action.PUT || write.getAction() == Action.DELETE) {
        applied.add(
            write.getCondition() == Condition.NONE
                ? write
                : write.toBuilder().setCondition(Condition.NONE).build());
      }
    }
    return applied;
  }

  /** The writes in order, cut so that each piece fits into one log entry. */
  static List<List<Write>> pieces(List<Write> writes) {
    List<List<Write>> pieces = new ArrayList<>(1);
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < writes.size(); i++) {
      int size = writes.get(i).getSerializedSize();
      if (i > from && bytes + size > TxnLimits.ENTRY_BYTES_MAX) {
        pieces.add(writes.subList(from, i));
        from = i;
        bytes = 0;
      }
      bytes += size;
    }
    pieces.add(writes.subList(from, writes.size()));
    return pieces;
  }

  static List<Key> keys(List<Write> writes) {
    List<Key> keys = new ArrayList<>(writes.size());
    for (Write write : writes) {
      keys.add(Protos.key(write.getKey()));
    }
    return keys;
  }
}
