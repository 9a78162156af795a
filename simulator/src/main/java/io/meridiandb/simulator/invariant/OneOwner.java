package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.simulator.invariant.Census.Live;
import io.meridiandb.simulator.invariant.Observer.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * In the end every row belongs to exactly one group (reliability C 11). While a directory moves,
 * for moments none owns it or the old owner is held back by a vote, so it is looked at when all is
 * still.
 */
public final class OneOwner implements SettledRule {
  private static final int KEYS_EACH_MAX = 2_000;

  @Override
  public @Nullable String unsettled(Map<GroupId, List<Live>> groups) {
    List<Live> leaders = new ArrayList<>();
    SortedSet<Key> keys = new TreeSet<>();
    for (List<Live> replicas : groups.values()) {
      for (Live live : replicas) {
        Seen seen = live.seen();
        if (seen != null && live.group().leading()) {
          leaders.add(live);
          collect(seen, keys);
        }
      }
    }
    if (leaders.size() != groups.size()) {
      return "%d groups have %d leaders".formatted(groups.size(), leaders.size());
    }
    for (Key key : keys) {
      List<Live> owners = leaders.stream().filter(live -> owns(live.seen(), key)).toList();
      if (owners.size() != 1) {
        return "%s belongs to %s".formatted(key, owners.stream().map(Live::place).toList());
      }
    }
    return null;
  }

  private static boolean owns(@Nullable Seen seen, Key key) {
    return seen != null && seen.ownership().notOwned(KeyRange.point(key), Timestamp.MAX) == null;
  }

  private static void collect(Seen seen, SortedSet<Key> keys) {
    int[] left = {KEYS_EACH_MAX};
    seen.store()
        .scan(
            KeyRange.ALL,
            false,
            Timestamp.MAX,
            (key, version) -> {
              if (version.value() != null && !GroupKeys.isLocal(key)) {
                keys.add(key);
              }
              return --left[0] > 0;
            });
  }
}
