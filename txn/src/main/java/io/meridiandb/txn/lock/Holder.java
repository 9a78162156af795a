package io.meridiandb.txn.lock;

import io.meridiandb.row.key.KeyRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One transaction as the lock table knows it. */
final class Holder {
  final LockOwner owner;

  /** Distinguishes this holding from an earlier or later one of the same transaction. */
  final long grant;

  /** The ranges locked so far; may overlap. */
  final List<KeyRange> ranges = new ArrayList<>();

  /** Its commit is under way: it never waits again and cannot be wounded. */
  boolean sealed;

  /** It is part of a transaction of several groups whose outcome is not known here. */
  boolean prepared;

  /** When its gateway was last heard of, in nanoseconds of the caller's clock. */
  long heardNanos;

  /** What it waits for, if it waits. */
  @Nullable LockRequest waiting;

  Holder(LockOwner owner, long grant, long heardNanos) {
    this.owner = owner;
    this.grant = grant;
    this.heardNanos = heardNanos;
  }
}
