package io.meridiandb.paxos.core;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.LogRecord;
import java.util.List;

/** How another's entries get into the own log. */
final class FollowerLog {
  private FollowerLog() {}

  /**
   * Makes {@code entries} all that follows the chosen part of the log, under the stamp {@code
   * ballot}, in one batch: the whole of what a leader adopted, never a part of it. What is held
   * with the same content is stamped anew (RESTAMP), what conflicts and all beyond is cut (protocol
   * G5).
   */
  static void overwrite(CoreState s, List<LogEntry> entries, Ballot ballot) {
    long kept = s.commit;
    for (LogEntry entry : entries) {
      if (entry.index() <= s.commit) {
        checkChosenStays(s, entry);
      } else if (entry.index() <= s.log.lastIndex()) {
        if (entry.index() == kept + 1 && s.log.entry(entry.index()).sameContent(entry)) {
          kept++;
        } else {
          break;
        }
      }
    }
    if (entries.isEmpty()) {
      return;
    }
    s.cutSuffixAndPersist(kept);
    if (kept > s.commit) {
      s.log.restamp(s.commit + 1, kept, ballot);
      s.persist(new LogRecord.Restamp(s.group(), ballot, s.commit + 1, kept));
    }
    for (LogEntry entry : entries) {
      if (entry.index() > kept) {
        s.appendAndPersist(entry.stamped(ballot));
      }
    }
  }

  /**
   * Takes entries that are known to be chosen. The log keeps the stamp of the leader whose whole
   * log it last took over: chosen entries alone do not make it the new leader's.
   */
  static void learn(CoreState s, List<LogEntry> entries, long chosenUpTo) {
    Ballot stamp = s.log.lastBallot();
    for (LogEntry entry : entries) {
      if (entry.index() > chosenUpTo) {
        return;
      }
      if (entry.index() <= s.commit) {
        checkChosenStays(s, entry);
        continue;
      }
      Invariants.check(entry.index() == s.commit + 1, "learn %s after %d", entry, s.commit);
      if (!s.log.holds(entry.index()) || !s.log.entry(entry.index()).sameContent(entry)) {
        s.cutSuffixAndPersist(s.commit);
        s.appendAndPersist(entry.stamped(stamp));
      }
      s.choose(entry.index());
    }
  }

  private static void checkChosenStays(CoreState s, LogEntry entry) {
    Invariants.check(
        !s.log.here(entry.index()) || s.log.entry(entry.index()).sameContent(entry),
        "%s: two values for chosen entry %s",
        s.group(),
        entry);
  }
}
