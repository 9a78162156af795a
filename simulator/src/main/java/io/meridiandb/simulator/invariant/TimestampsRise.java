package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A group's timestamps rise strictly from entry to entry, across its leaders, and each lies in the
 * lease under which it was assigned (reliability C 2).
 */
public final class TimestampsRise extends Heard {
  private final Map<GroupId, TreeMap<Long, Timestamp>> chosen = new TreeMap<>();

  @Override
  public void assigned(Place place, Timestamp timestamp, Timestamp leaseEnd) {
    if (timestamp.isAfter(leaseEnd)) {
      breach("%s assigns %s, its lease ends at %s", place, timestamp, leaseEnd);
    }
  }

  @Override
  public void applied(Place place, LogEntry entry, @Nullable ReplicaSet members) {
    TreeMap<Long, Timestamp> group =
        chosen.computeIfAbsent(place.group(), unused -> new TreeMap<>());
    if (group.putIfAbsent(entry.index(), entry.timestamp()) != null) {
      return;
    }
    Map.Entry<Long, Timestamp> before = group.lowerEntry(entry.index());
    Map.Entry<Long, Timestamp> after = group.higherEntry(entry.index());
    if (before != null && !before.getValue().isBefore(entry.timestamp())) {
      breach("%s: %s has %s, after %s", place.group(), entry, entry.timestamp(), before);
    }
    if (after != null && !after.getValue().isAfter(entry.timestamp())) {
      breach("%s: %s has %s, before %s", place.group(), entry, entry.timestamp(), after);
    }
  }
}
