package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import org.jspecify.annotations.Nullable;

/**
 * The read side of one replica's tablet: every version of every key that has been applied. Used on
 * the group's strand.
 */
public interface VersionStore {
  /**
   * One version of a key.
   *
   * @param timestamp its transaction's commit timestamp
   * @param value the row, or null for a tombstone
   */
  record Version(Timestamp timestamp, byte @Nullable [] value) {}

  /** Takes versions of a scan in. */
  interface Visitor {
    /**
     * One key and its newest version within the read; tombstones are shown too, because what a read
     * did not find is also something that it saw (protocol G18).
     *
     * @return whether to go on
     */
    boolean visit(Key key, Version version);
  }

  /** The newest version of {@code key} at or before {@code at}, or null if there is none. */
  @Nullable Version read(Key key, Timestamp at);

  /**
   * Shows, key by key in order, the newest version at or before {@code at} of each key in the
   * range.
   *
   * @param reverse whether from the greatest key down
   */
  void scan(KeyRange range, boolean reverse, Timestamp at, Visitor visitor);

  /** Reads below this timestamp are refused: versions there may be gone. */
  Timestamp horizon();
}
