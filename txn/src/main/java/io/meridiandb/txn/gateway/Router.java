package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.proto.Directory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Knows, or guesses, which group holds a key, which servers hold that group, and which of them
 * leads. Guesses are corrected by the answers of those who were asked in vain and are never trusted
 * for more than where to ask next. Callable from any thread; never waits.
 *
 * <p>Keys of a group itself (key space 3) lie in their group always, whatever moves.
 */
public interface Router {
  /**
   * Where to ask.
   *
   * @param server probably the leader
   * @param epoch the lock epoch it leads under; 0 if not known
   */
  record Leader(ServerId server, long epoch) {}

  /**
   * Keys that lie in one group, as far as known.
   *
   * @param range not empty
   */
  record Located(KeyRange range, GroupId group) {}

  /** The group that holds {@code key}. */
  GroupId locate(Key key);

  /** The group that holds all of {@code range}; null if it is spread over several. */
  @Nullable GroupId locate(KeyRange range);

  /**
   * Cuts a range where the group changes. What this gives for a range of one group is that range.
   *
   * @param range not empty
   * @return the pieces in key order; together they are {@code range}, neighbours lie in different
   *     groups
   */
  default List<Located> cut(KeyRange range) {
    GroupId group = locate(range);
    if (group == null) {
      throw Invariants.unreachable("a router that knows several groups must cut %s", range);
    }
    return List.of(new Located(range, group));
  }

  /** Whom to ask next. */
  Leader leader(GroupId group);

  /**
   * The servers that hold the group's data (so no witnesses), nearest first; not empty. Any of them
   * may serve reads at a timestamp.
   */
  default List<ServerId> replicas(GroupId group) {
    return List.of(leader(group).server());
  }

  /** Whether {@code server} is in the region of the asking server: a message there is cheap. */
  default boolean near(ServerId server) {
    return true;
  }

  /**
   * Whether what the group logs needs a vote from outside the leader's region: then each log entry
   * costs a round trip between regions.
   */
  default boolean votesAreFar(GroupId group) {
    return false;
  }

  /** {@code server} has answered as the leader. */
  void learned(GroupId group, ServerId server, long epoch);

  /**
   * {@code server} did not answer, or does not lead.
   *
   * @param hint who leads instead according to it, or null
   */
  void failed(GroupId group, ServerId server, @Nullable ServerId hint);

  /** {@code server} says that it has no replica of the group: the group's members have changed. */
  default void noReplica(GroupId group, ServerId server) {}

  /**
   * A server that was asked for keys it does not own says who does. What is older than what is
   * known (by generation) is of no interest.
   *
   * @param hints may be empty: then what was believed is wrong and nobody knows better yet
   */
  default void directories(List<Directory> hints) {}
}
