package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Each replica applies the same commands in the same order without a hole: its chain of hashes is
 * that of the others at the same entry (reliability C 4).
 */
public final class AppliedAlike extends Heard {
  private static final int FACTOR = 31;

  private final Map<GroupId, TreeMap<Long, Long>> chains = new TreeMap<>();
  private final Map<Place, Long> reached = new LinkedHashMap<>();

  @Override
  public void stands(Place place, long index) {
    reached.put(place, index);
  }

  @Override
  public void applied(Place place, LogEntry entry, @Nullable ReplicaSet members) {
    TreeMap<Long, Long> chain = chains.computeIfAbsent(place.group(), unused -> new TreeMap<>());
    long at = reached.getOrDefault(place, 0L);
    if (entry.index() <= at) {
      breach("%s applies %s and stands at %d already", place, entry, at);
    }
    Map.Entry<Long, Long> before = chain.floorEntry(at);
    long link =
        FACTOR * (before == null ? 0 : before.getValue())
            + FACTOR * entry.index()
            + entry.timestamp().nanos();
    Long others = chain.putIfAbsent(entry.index(), link);
    if (others != null && others != link) {
      breach("%s applies %s right after %d, others did otherwise", place, entry, at);
    }
    reached.put(place, entry.index());
  }
}
