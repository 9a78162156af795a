package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.proto.Directory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which keys a group owned when: directories move between groups, and a group answers only for what
 * it owned at the timestamp in question (protocol G23). A function of the group's applied rows.
 * Used on the group's strand.
 */
public interface Ownership {
  /** Owns everything, always: a universe of one group. */
  Ownership EVERYTHING = (range, at) -> null;

  /**
   * Whether the group owned all of {@code range} at {@code at}.
   *
   * @param at {@link Timestamp#MAX} means now: the newest applied state
   * @return null if it did; otherwise who owns what is missing, as far as known, possibly nobody
   */
  @Nullable List<Directory> notOwned(KeyRange range, Timestamp at);
}
