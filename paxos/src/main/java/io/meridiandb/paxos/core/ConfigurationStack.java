package io.meridiandb.paxos.core;

import io.meridiandb.paxos.log.RecoveredMembership;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.Quorum;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The configurations that a replica's log tells of: one that is known to be chosen, and the entries
 * after it. The last one is in force, chosen or not (protocol G6).
 */
final class ConfigurationStack {
  /** Index of the entry, or of the checkpoint, that says it; the first is chosen. Never empty. */
  private final TreeMap<Long, Configuration> byIndex = new TreeMap<>();

  /** The last of them: it is asked for in every step of every group. */
  private Map.Entry<Long, Configuration> last;

  ConfigurationStack(RecoveredMembership recorded, Configuration initial) {
    byIndex.put(
        recorded.index(),
        recorded.configuration().isEmpty()
            ? initial
            : Configuration.decode(recorded.configuration()));
    last = byIndex.lastEntry();
  }

  /** The one in force. */
  Configuration current() {
    return last.getValue();
  }

  /** Since which entry it is in force. */
  long currentIndex() {
    return last.getKey();
  }

  /** Who must agree to anything now. */
  Quorum quorum() {
    return current().quorum();
  }

  /** The one in force at {@code index}, or the first that is known. */
  Map.Entry<Long, Configuration> at(long index) {
    if (index >= currentIndex()) {
      return last;
    }
    Map.Entry<Long, Configuration> found = byIndex.floorEntry(index);
    return found == null ? byIndex.firstEntry() : found;
  }

  /** The one in force at {@code index} and all later ones. */
  List<Configuration> from(long index) {
    if (index >= currentIndex()) {
      return List.of(current());
    }
    return new ArrayList<>(byIndex.tailMap(at(index).getKey(), true).values());
  }

  /** What the entries after {@code after}, up to {@code to}, say. */
  Collection<Configuration> between(long after, long to) {
    return byIndex.subMap(after, false, to, true).values();
  }

  /** An entry says who belongs to the group; what was known from a later checkpoint prevails. */
  void append(long index, Configuration configuration) {
    if (index > byIndex.firstKey()) {
      byIndex.put(index, configuration);
      noteLast();
    }
  }

  void cutSuffix(long lastKept) {
    long first = byIndex.firstKey();
    byIndex.tailMap(Math.max(lastKept, first), false).clear();
    noteLast();
  }

  /** The first one that is kept is that in force at {@code lastDropped}. */
  void cutPrefix(long lastDropped) {
    byIndex.headMap(at(lastDropped).getKey(), false).clear();
  }

  /** A checkpoint says who belongs to the group; the entries from there on are not here yet. */
  void install(long index, Configuration configuration) {
    byIndex.headMap(index, true).clear();
    byIndex.put(index, configuration);
    noteLast();
  }

  /** All entries have gone, those up to {@code index} behind a checkpoint. */
  void beginAfter(long index) {
    Map.Entry<Long, Configuration> kept = at(index);
    byIndex.clear();
    byIndex.put(kept.getKey(), kept.getValue());
    noteLast();
  }

  private void noteLast() {
    last = byIndex.lastEntry();
  }
}
