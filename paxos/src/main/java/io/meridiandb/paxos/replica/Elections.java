package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How many elections this server has begun and not ended: of a thousand groups without a leader (a
 * server was lost, all have just started) only some are elected at a time, or messages would wait
 * behind each other until every candidacy has run out of time. An election that takes longer than
 * usual makes room for others, so that groups whose voters are away hold up nobody.
 */
final class Elections {
  /** So many at once keep two servers busy while the answers are on their way. */
  static final int UNDER_WAY_MAX = 64;

  private final Map<GroupId, Timestamp> begun = new LinkedHashMap<>();
  private final Duration counted;

  /**
   * None is under way.
   *
   * @param counted an election counts no longer than that
   */
  Elections(Duration counted) {
    this.counted = counted;
  }

  /** A round of ticks begins; {@code electing} tells where an election still is under way. */
  void look(TTInterval now, Predicate<GroupId> electing) {
    begun
        .entrySet()
        .removeIf(each ->
            now.latest().isAfter(each.getValue().plus(counted)) || !electing.test(each.getKey()));
  }

  /** Whether another may begin. */
  boolean room() {
    return begun.size() < UNDER_WAY_MAX;
  }

  /** One has begun. */
  void begin(GroupId group, TTInterval now) {
    begun.put(group, now.latest());
  }
}
