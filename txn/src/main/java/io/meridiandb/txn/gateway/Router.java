package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import org.jspecify.annotations.Nullable;

/**
 * Knows, or guesses, which group holds a key and which server leads a group. Guesses are corrected
 * by the answers of those who were asked in vain and are never trusted for more than where to ask
 * next. Callable from any thread; never waits.
 */
public interface Router {
  /**
   * Where to ask.
   *
   * @param server probably the leader
   * @param epoch the lock epoch it leads under; 0 if not known
   */
  record Leader(ServerId server, long epoch) {}

  /** The group that holds {@code key}. */
  GroupId locate(Key key);

  /** The group that holds all of {@code range}; null if it is spread over several. */
  @Nullable GroupId locate(KeyRange range);

  /** Whom to ask next. */
  Leader leader(GroupId group);

  /** {@code server} has answered as the leader. */
  void learned(GroupId group, ServerId server, long epoch);

  /**
   * {@code server} did not answer, or does not lead.
   *
   * @param hint who leads instead according to it, or null
   */
  void failed(GroupId group, ServerId server, @Nullable ServerId hint);
}
