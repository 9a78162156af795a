package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is chosen at a place of a group's log is the same everywhere, always (reliability C 3). */
public final class ChosenNeverChanges extends Heard {
  private final Map<GroupId, Map<Long, LogEntry>> chosen = new TreeMap<>();

  @Override
  public void applied(Place place, LogEntry entry, @Nullable ReplicaSet members) {
    LogEntry before =
        chosen
            .computeIfAbsent(place.group(), unused -> new TreeMap<>())
            .putIfAbsent(entry.index(), entry);
    if (before != null && !before.sameContent(entry)) {
      breach("%s applies %s, chosen before was %s", place, entry, before);
    }
  }
}
