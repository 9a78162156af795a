package io.meridiandb.paxos.replica;

import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosConfig;
import io.meridiandb.paxos.core.Signal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads for all groups of a server what they have let go of from memory, a few parts at a time, in
 * the order in which they ask: so the server needs memory for a few parts, however many of its
 * groups have followers that lag. The strand goes on meanwhile.
 */
final class EntryReads {
  /**
   * Most bytes of chosen entries in memory, of all groups together (what is unchosen comes on top).
   */
  static final long MEMORY_BYTES_MAX = 64L << 20;

  /** So many parts are read at a time. */
  static final int PARTS_MAX = 4;

  private record Waiting(GroupReplica replica, Signal.ReadEntries part) {}

  private final HostServices services;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private int reading;

  EntryReads(HostServices services) {
    this.services = services;
  }

  /** How many bytes of chosen entries each of {@code groups} groups may keep in memory. */
  static long share(int groups) {
    return Math.min(PaxosConfig.MEMORY_BYTES_MAX, MEMORY_BYTES_MAX / Math.max(1, groups));
  }

  /** Tells {@code replica} the entries once they are here. */
  void read(GroupReplica replica, Signal.ReadEntries part) {
    waiting.addLast(new Waiting(replica, part));
    next();
  }

  private void next() {
    while (reading < PARTS_MAX && !waiting.isEmpty()) {
      Waiting first = waiting.removeFirst();
      if (!first.replica.failed()) { // it may have been closed meanwhile
        reading++;
        services.env().events().count("paxos.entries.read-back", 1);
        Signal.ReadEntries part = first.part;
        services
            .log()
            .read(first.replica.group(), part.from(), part.to(), part.bytesMax())
            .whenComplete(
                // Not in this call: the log may have had them in memory.
                (entries, error) -> services.strand().execute(() -> done(first, entries, error)));
      }
    }
  }

  private void done(Waiting first, List<LogEntry> entries, @Nullable Throwable error) {
    reading--;
    if (error == null) {
      first.replica.entriesRead(first.part.from(), entries);
    } else {
      first.replica.unreadable(error);
    }
    next();
  }
}
