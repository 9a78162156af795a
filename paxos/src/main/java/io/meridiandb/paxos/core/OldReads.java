package io.meridiandb.paxos.core;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a replica wants back from its log on the disk: for followers that lag, for a
 * candidate, for its own state machine. One part is read at a time, and is here for one step: so a
 * group needs memory for one part, however many followers lag, and reading goes no faster than they
 * take it.
 */
final class OldReads {
  /** Most bytes in one part; a single larger entry comes alone. */
  static final int BYTES_MAX = 1 << 20;

  /** Where somebody wants to go on, in turn. */
  private final SequencedSet<Long> wanted = new LinkedHashSet<>();

  /** Where the part begins that is being read; 0 if none is. */
  private long reading;

  /** The entries from {@code from} on are wanted, as many as fit into a part. */
  void want(long from) {
    if (from != reading) {
      wanted.add(from);
    }
  }

  /** What was asked for has come. */
  void done() {
    reading = 0;
  }

  /** What to read now; null if nothing is wanted, or something is being read. */
  Signal.@Nullable ReadEntries next(GroupLog log) {
    while (reading == 0 && !wanted.isEmpty()) {
      long from = wanted.removeFirst();
      if (log.holds(from) && !log.here(from)) {
        reading = from;
        long to = Math.min(from + PaxosConfig.IN_FLIGHT_ENTRIES_MAX - 1, log.lastOld());
        return new Signal.ReadEntries(from, to, BYTES_MAX);
      }
    }
    return null;
  }
}
