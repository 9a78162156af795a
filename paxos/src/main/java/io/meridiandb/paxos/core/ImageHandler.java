package io.meridiandb.paxos.core;

import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.Role.Follower;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.membership.Configuration;
import java.util.Map;

/**
 * Where the log begins: behind the own state machine's checkpoints, and behind images of other
 * replicas (protocol C1, G25, G26).
 */
final class ImageHandler {
  private final CoreState s;

  ImageHandler(CoreState state) {
    this.s = state;
  }

  /**
   * The state machine begins after {@code checkpointIndex}. That may lie beyond the log: entries
   * can be chosen by others, applied and in a checkpoint before the own log has them. And it may
   * lie before the log's begin: then an image is needed.
   */
  void recover(long checkpointIndex) {
    if (!s.holdsData) {
      return;
    }
    if (checkpointIndex > s.log.lastIndex()) {
      beginAfter(checkpointIndex, s.log.lastBallot());
    }
    s.delivered = checkpointIndex;
    s.checkpoint = checkpointIndex;
    s.commit = Math.max(s.commit, checkpointIndex);
  }

  /** The stamp stays: what leaders up to that ballot chose lies below {@code index}. */
  private void beginAfter(long index, Ballot stamp) {
    s.log.beginAfter(index, stamp);
    s.persist(new LogRecord.CutPrefix(s.group(), index, stamp));
  }

  /**
   * The members at the image's index, which the driver has made durable before the image takes
   * effect: after a crash in between a replica must not campaign with the voters of long ago
   * (protocol G6).
   *
   * <p>If the own log holds something else at that index, an earlier leader wrote it, and nothing
   * of it from there on can be chosen. It goes before the image takes effect as well: after a crash
   * in between, what the log holds up to the state machine's checkpoint is taken for chosen.
   *
   * @param entry the last entry in the image, which is chosen
   */
  void coming(LogEntry entry, Configuration members) {
    long index = entry.index();
    if (index > s.commit && s.log.holds(index) && !s.log.entry(index).sameContent(entry)) {
      s.cutSuffixAndPersist(index - 1);
    }
    s.log.configurations().install(index, members);
    s.noteKind(members);
  }

  /** A witness gets data, or a replica gives its data up. The log and all votes stay. */
  void become(boolean holdsData, long checkpointIndex) {
    s.holdsData = holdsData;
    if (holdsData) {
      s.dataWanted();
    }
    s.checkpoint = holdsData ? checkpointIndex : s.commit;
    s.delivered = s.checkpoint;
  }

  /**
   * The state machine stands after the entry {@code entry}. The own log beyond it stays if the
   * entry there says the same: it may have been voted for (attack 37). Otherwise an earlier leader
   * wrote it, and nothing of it from there on can be chosen. What was promised stays in any case.
   * The entry itself is kept, as {@link #trim} keeps it: whoever needs this replica's image needs
   * it too, and there may be nobody else to give one.
   *
   * @param entry the entry at that index, which is chosen
   */
  void installed(LogEntry entry) {
    long index = entry.index();
    s.checkpoint = Math.max(s.checkpoint, index);
    if (index <= s.delivered) {
      return;
    }
    if (index > s.log.baseIndex()) {
      boolean same =
          s.log.holds(index) && (index <= s.commit || s.log.entry(index).sameContent(entry));
      if (!same) {
        Ballot stamp = s.log.lastBallot();
        s.cutSuffixAndPersist(Math.min(s.log.lastIndex(), s.commit));
        beginAfter(index - 1, stamp);
        s.appendAndPersist(entry.stamped(stamp));
      } else if (index - 1 > s.log.baseIndex()) {
        cutPrefix(index - 1);
      }
    }
    s.delivered = index;
    s.commit = Math.max(s.commit, index);
    if (s.role instanceof Follower follower && follower.leader != null) {
      Ballot promised = s.voter.promised(s.group());
      s.sendAfterPersist(
          follower.leader, new PaxosMessage.Behind(promised, promised, s.logState()));
    }
  }

  private void cutPrefix(long index) {
    Map.Entry<Long, Configuration> members = s.log.configurations().at(index);
    Map.Entry<Long, Configuration> before = s.log.configurations().at(s.log.baseIndex());
    s.log.cutPrefix(index);
    if (!members.getKey().equals(before.getKey())) {
      s.persist(new LogRecord.Members(s.group(), members.getKey(), members.getValue().encode()));
    }
    s.persist(new LogRecord.CutPrefix(s.group(), index, s.log.baseBallot()));
  }

  /**
   * Forgets entries that a checkpoint covers, here and at all members, or past the limit. The entry
   * at the checkpoint stays, for whoever installs it. A witness knows no limit (protocol G26).
   */
  void trim() {
    long upTo;
    if (s.holdsData) {
      upTo = Math.min(s.checkpoint, s.delivered);
      if (s.log.bytes() <= PaxosConfig.KEPT_BYTES_MAX) {
        upTo = Math.min(upTo, s.trim);
      }
      upTo--;
    } else {
      upTo = Math.min(s.trim, s.delivered);
    }
    if (upTo > s.log.baseIndex()) {
      cutPrefix(upTo);
    }
  }
}
