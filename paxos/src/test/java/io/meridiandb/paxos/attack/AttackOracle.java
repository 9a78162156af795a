package io.meridiandb.paxos.attack;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.Inheritance;
import io.meridiandb.paxos.membership.Configuration;
import java.util.List;
import java.util.TreeMap;

/** Looks at servers from outside, against true time and their disks, and says what is broken. */
final class AttackOracle {
  /** Something that must never be. */
  static final class Seen extends AssertionError {
    private static final long serialVersionUID = 1;

    Seen(String what) {
      super(what);
    }
  }

  /** What a reader was told; it waited for the entries that the leader held unchosen. */
  private record Promised(Timestamp t, long afterIndex, List<LogEntry> held) {
    boolean brokenBy(LogEntry entry) {
      return entry.index() > afterIndex
          && !entry.timestamp().isAfter(t)
          && held.stream().noneMatch(entry::sameContent);
    }
  }

  private final List<AttackServer> servers;
  private final TreeMap<Long, LogEntry> chosen = new TreeMap<>();
  private final TreeMap<Long, Promised> promised = new TreeMap<>();

  AttackOracle(List<AttackServer> servers) {
    this.servers = servers;
  }

  /** The last index of which anybody knows that it is chosen. */
  long lastChosen() {
    return chosen.isEmpty() ? 0 : chosen.lastKey();
  }

  /** A server says that the entry is chosen: reliability C 2, 3, 5, 8. */
  void chosen(AttackServer by, LogEntry entry) {
    LogEntry before = chosen.putIfAbsent(entry.index(), entry);
    if (before != null) {
      if (!before.sameContent(entry)) {
        throw new Seen(
            "%s takes %s for chosen, but %s was".formatted(by.id, Show.of(entry), Show.of(before)));
      }
      return;
    }
    Configuration then = by.core.membersAt(entry.index());
    if (!durable(then, entry) && !durable(by.core.members(), entry)) {
      throw new Seen(
          "%s takes %s for chosen, but it is durable at a minority only"
              .formatted(by.id, Show.of(entry)));
    }
    if (AttackServer.isCommand(entry)) {
      checkTimestamp(entry);
    }
  }

  private boolean durable(Configuration members, LogEntry entry) {
    return members
        .quorum()
        .reachedBy(id -> servers.stream().anyMatch(s -> s.id.equals(id) && s.disk.holds(entry)));
  }

  private void checkTimestamp(LogEntry entry) {
    for (LogEntry earlier : chosen.headMap(entry.index()).values()) {
      if (AttackServer.isCommand(earlier) && !entry.timestamp().isAfter(earlier.timestamp())) {
        throw new Seen(
            "the timestamp of %s is not above that of %s"
                .formatted(Show.of(entry), Show.of(earlier)));
      }
    }
    for (Promised promise : promised.values()) {
      if (promise.brokenBy(entry)) {
        throw new Seen(
            "%s appears below the timestamp of a read that did not see it"
                .formatted(Show.of(entry)));
      }
    }
  }

  /** A reader was told the state at {@code t}, after the entry at {@code afterIndex}. */
  void promised(Timestamp t, long afterIndex, List<LogEntry> held) {
    Promised promise = new Promised(t, afterIndex, held);
    Promised before = promised.get(afterIndex);
    if (before == null || t.isAfter(before.t)) {
      promised.put(afterIndex, promise);
    }
    for (LogEntry later : chosen.tailMap(afterIndex, false).values()) {
      if (AttackServer.isCommand(later) && promise.brokenBy(later)) {
        throw new Seen(
            "%s was chosen below the timestamp of a read that does not see it"
                .formatted(Show.of(later)));
      }
    }
  }

  /** A leader goes on with another one's locks: nobody may have led in between (attack 11). */
  void inherited(AttackServer by, Inheritance shipped) {
    for (LogEntry entry : chosen.values()) {
      if (entry.kind() == EntryKind.LEADER_START && entry.ballot().isAfter(shipped.ballot())) {
        throw new Seen(
            "%s goes on with the locks of %s, but %s has led since"
                .formatted(by.id, shipped.ballot(), entry.ballot()));
      }
    }
  }

  /** To be called after every event. */
  void check(long time) {
    AttackServer leader = null;
    for (AttackServer server : servers) {
      boolean leads =
          server.up
              && server.announced
              && new Timestamp(time).isBefore(server.holder.leaseEnd(AttackServer.G));
      if (leads && leader != null) {
        throw new Seen("two leaders at one true time: " + leader.id + " and " + server.id);
      }
      leader = leads ? server : leader;
    }
    for (AttackServer witness : servers) {
      for (AttackServer full : servers) {
        if (witness.witness()
            && !full.witness()
            && !full.readOnly()
            && witness.disk.base > full.disk.checkpoint) {
          throw new Seen(
              "witness %s has forgotten entries up to %d, but %s has no checkpoint of them"
                  .formatted(witness.id, witness.disk.base, full.id));
        }
      }
    }
  }
}
