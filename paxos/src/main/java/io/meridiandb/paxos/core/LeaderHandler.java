package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosMessage.Accept;
import io.meridiandb.paxos.core.PaxosMessage.Accepted;
import io.meridiandb.paxos.core.PaxosMessage.Behind;
import io.meridiandb.paxos.core.PaxosMessage.LogState;
import io.meridiandb.paxos.core.Role.Leader;
import io.meridiandb.paxos.log.LogRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Phase 2 at the leader: replicates, counts votes, chooses (protocol C1, G4, G5). */
final class LeaderHandler {
  private final CoreState s;
  private final RoleTransitions roles;

  LeaderHandler(CoreState state, RoleTransitions roles) {
    this.s = state;
    this.roles = roles;
  }

  /** Hands what was appended to the log, and sends it at the same time. */
  void flush(Leader leader) {
    persistPending(leader);
    leader.followers.values().forEach(follower -> replicate(leader, follower));
  }

  /** What was appended goes to the log before anything else happens to this replica. */
  void persistPending(Leader leader) {
    for (long i = leader.persistFrom; i <= s.log.lastIndex(); i++) {
      s.persist(new LogRecord.Append(s.group(), s.log.entry(i)));
    }
    leader.persistFrom = s.log.lastIndex() + 1;
  }

  void onDurable(Leader leader, DurablePoint point) {
    if (point.lastBallot().equals(leader.ballot) && point.lastIndex() > leader.ownDurable) {
      leader.ownDurable = point.lastIndex();
      advance(leader);
    }
  }

  void onAccepted(Leader leader, ServerId from, Accepted message) {
    FollowerProgress follower = leader.followers.get(from);
    if (follower == null || !message.ballot().equals(leader.ballot)) {
      return;
    }
    s.holder.confirm(s.group(), leader.ballot, from, message.counter());
    follower.synced = true;
    follower.waiting = false;
    follower.acked = Math.max(follower.acked, message.index());
    follower.nextIndex = Math.max(follower.nextIndex, follower.acked + 1);
    follower.commitKnown = Math.max(follower.commitKnown, message.commitIndex());
    follower.checkpoint = Math.max(follower.checkpoint, message.checkpoint());
    follower.retryAt = s.retryTime();
    advance(leader);
    replicate(leader, follower);
  }

  void onBehind(Leader leader, ServerId from, Behind message) {
    FollowerProgress follower = leader.followers.get(from);
    if (follower == null || !message.ballot().equals(leader.ballot)) {
      return;
    }
    if (message.promised().isAfter(leader.ballot)) {
      // It can vote for this ballot no more. The ballot is given up; the next one will be higher.
      s.signal(new Signal.Leaseless());
      return;
    }
    LogState log = message.log();
    boolean ours = log.lastBallot().equals(leader.ballot);
    long next = (ours ? log.lastIndex() : log.commitIndex()) + 1;
    boolean old = follower.synced && (!ours || next <= follower.acked);
    boolean repeated = ours && next == follower.rewoundTo && !s.passed(follower.retryAt);
    if (old || repeated) {
      return;
    }
    follower.rewoundTo = next;
    follower.retryAt = s.retryTime();
    follower.synced = ours;
    follower.nextIndex = next;
    follower.waiting = false;
    replicate(leader, follower);
  }

  /** Everything up to here that a quorum holds durably under this ballot is chosen. */
  private void advance(Leader leader) {
    long held =
        s.setting
            .quorum()
            .reached(voter -> {
              FollowerProgress follower = leader.followers.get(voter);
              return follower == null ? leader.ownDurable : follower.acked;
            });
    if (held >= leader.startIndex) {
      s.choose(held);
    }
  }

  private void replicate(Leader leader, FollowerProgress follower) {
    if (!follower.synced) {
      sendWholeLog(leader, follower);
      return;
    }
    if (follower.nextIndex <= s.log.baseIndex()) {
      if (s.passed(follower.retryAt)) {
        follower.retryAt = s.retryTime();
        s.signal(new Signal.InstallNeeded(follower.server));
      }
      return;
    }
    while (follower.nextIndex <= s.log.lastIndex()) {
      long inFlight = follower.nextIndex - 1 - follower.acked;
      if (inFlight >= PaxosConfig.IN_FLIGHT_ENTRIES_MAX
          || bytesInFlight(follower) >= PaxosConfig.IN_FLIGHT_BYTES_MAX) {
        return;
      }
      List<LogEntry> part =
          s.log.slice(
              follower.nextIndex,
              s.log.lastIndex(),
              (int) (PaxosConfig.IN_FLIGHT_ENTRIES_MAX - inFlight),
              PaxosConfig.IN_FLIGHT_BYTES_MAX);
      send(leader, follower, part);
    }
  }

  private long bytesInFlight(FollowerProgress follower) {
    long bytes = 0;
    for (long i = Math.max(follower.acked, s.log.baseIndex()) + 1; i < follower.nextIndex; i++) {
      bytes += s.log.entry(i).bytes();
    }
    return bytes;
  }

  /**
   * The follower's log is not this leader's yet: chosen entries in parts, then all that is left in
   * one message, because it may take over the new stamp only with the whole of it.
   */
  private void sendWholeLog(Leader leader, FollowerProgress follower) {
    if (follower.waiting) {
      return;
    }
    if (follower.nextIndex <= s.log.baseIndex()) {
      follower.waiting = true;
      follower.retryAt = s.retryTime();
      s.signal(new Signal.InstallNeeded(follower.server));
      return;
    }
    List<LogEntry> part =
        s.log.slice(
            follower.nextIndex,
            s.commit,
            PaxosConfig.IN_FLIGHT_ENTRIES_MAX,
            PaxosConfig.IN_FLIGHT_BYTES_MAX);
    long reached = follower.nextIndex + part.size();
    if (reached > s.commit) {
      part.addAll(s.log.slice(reached, s.log.lastIndex(), Integer.MAX_VALUE, Long.MAX_VALUE));
    }
    follower.waiting = true;
    long next = follower.nextIndex;
    send(leader, follower, part);
    follower.nextIndex = next;
  }

  private void send(Leader leader, FollowerProgress follower, List<LogEntry> part) {
    follower.commitSent = s.commit;
    s.send(
        follower.server,
        new Accept(
            leader.ballot, leader.startIndex, follower.nextIndex - 1, part, s.commit, s.trim));
    if (follower.retryAt.isBefore(s.now.earliest())) {
      follower.retryAt = s.retryTime();
    }
    follower.nextIndex += part.size();
  }

  void tick(Leader leader) {
    for (FollowerProgress follower : leader.followers.values()) {
      boolean unanswered = !follower.synced || follower.acked + 1 < follower.nextIndex;
      if (unanswered && s.passed(follower.retryAt)) {
        follower.waiting = false;
        if (follower.synced) {
          follower.nextIndex = follower.acked + 1;
        }
        replicate(leader, follower);
      } else if (follower.synced
          && (commitUntold(follower) || unconfirmed(follower.server))
          && follower.nextIndex > s.log.lastIndex()) {
        send(leader, follower, List.of());
      }
    }
    long trim = s.checkpoint;
    for (FollowerProgress follower : leader.followers.values()) {
      trim = Math.min(trim, follower.checkpoint);
    }
    s.trim = Math.max(s.trim, trim);
  }

  /** The message that told it may have been lost, or have overtaken the entry. */
  private boolean commitUntold(FollowerProgress follower) {
    return follower.commitSent < s.commit
        || (follower.commitKnown < s.commit && s.passed(follower.retryAt));
  }

  private boolean unconfirmed(ServerId voter) {
    return s.holder.unconfirmed(s.group()).contains(voter);
  }

  /** After every step: begins to serve, notices a lost lease, ends a hand-over. */
  void settle(Leader leader) {
    boolean leased = s.now.latest().isBefore(s.holder.leaseEnd(s.group()));
    if (leased) {
      leader.leaselessSince = null;
      if (!leader.serving && s.commit >= leader.startIndex) {
        leader.serving = true;
        s.signal(new Signal.Serving(leader.ballot, leader.startIndex));
      }
    } else {
      Timestamp since = leader.leaselessSince;
      if (since == null) {
        leader.leaselessSince = s.now.latest();
      } else if (s.passed(since.plus(s.setting.config().lease().length()))) {
        s.signal(new Signal.Leaseless());
      }
    }
    if (leader.handingOver && s.commit == s.log.lastIndex()) {
      s.signal(new Signal.Drained(leader.handOverTarget));
    }
  }

  /** The leader has stopped: its ballot is free for {@code target}, or for anybody. */
  void resign(Leader leader, @Nullable ServerId target, Timestamp sMax) {
    Ballot ballot = leader.ballot;
    roles.giveUp(ballot, target, sMax);
  }
}
