package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * No write at or below a timestamp that a replica has vouched for comes after what that replica had
 * applied; and what a replica vouches for never falls (reliability C 5).
 */
public final class ClosedMeansClosed extends Heard {
  /** By group: after which entry nothing comes up to which timestamp; both rise together. */
  private final Map<GroupId, TreeMap<Long, Timestamp>> vouched = new TreeMap<>();

  private final Map<GroupId, TreeMap<Long, Timestamp>> chosen = new TreeMap<>();
  private final Map<Place, Timestamp> highest = new LinkedHashMap<>();

  @Override
  public void closed(Place place, Timestamp closed, long applied) {
    if (closed.equals(Timestamp.MIN)) {
      return;
    }
    Timestamp before = highest.get(place);
    if (before == null || before.isBefore(closed)) {
      highest.put(place, closed);
      vouch(place, closed, applied);
    }
  }

  private void vouch(Place place, Timestamp closed, long applied) {
    Map.Entry<Long, Timestamp> next = of(chosen, place.group()).higherEntry(applied);
    if (next != null && !next.getValue().isAfter(closed)) {
      breach("%s has applied %d and closed %s, but %s is chosen", place, applied, closed, next);
    }
    TreeMap<Long, Timestamp> stairs = of(vouched, place.group());
    Map.Entry<Long, Timestamp> below = stairs.floorEntry(applied);
    if (below == null || below.getValue().isBefore(closed)) {
      stairs.put(applied, closed);
      Map.Entry<Long, Timestamp> above = stairs.higherEntry(applied);
      while (above != null && !above.getValue().isAfter(closed)) {
        stairs.remove(above.getKey());
        above = stairs.higherEntry(applied);
      }
    }
  }

  @Override
  public void applied(Place place, LogEntry entry, @Nullable ReplicaSet members) {
    if (of(chosen, place.group()).putIfAbsent(entry.index(), entry.timestamp()) != null) {
      return;
    }
    Map.Entry<Long, Timestamp> closed = of(vouched, place.group()).lowerEntry(entry.index());
    if (closed != null && !closed.getValue().isBefore(entry.timestamp())) {
      breach(
          "%s: %s is chosen at %s, but after %d nothing was to come up to %s",
          place.group(), entry, entry.timestamp(), closed.getKey(), closed.getValue());
    }
  }

  private static TreeMap<Long, Timestamp> of(
      Map<GroupId, TreeMap<Long, Timestamp>> groups, GroupId group) {
    return groups.computeIfAbsent(group, unused -> new TreeMap<>());
  }
}
