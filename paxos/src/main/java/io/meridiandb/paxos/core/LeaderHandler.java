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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/** Phase 2 at the leader: replicates, counts votes, chooses (protocol C1, G4, G5). */
final class LeaderHandler {
  private final CoreState s;
  private final MembershipHandler members;
  private final HandOverHandler handOvers;

  LeaderHandler(CoreState state, MembershipHandler members, HandOverHandler handOvers) {
    this.s = state;
    this.members = members;
    this.handOvers = handOvers;
  }

  /** Hands what was appended to the log, and sends it at the same time. */
  void flush(Leader leader) {
    members.advance(leader);
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

  /** Who lacks what as this leader sees it; see {@link VoterLag}. */
  List<VoterLag> lags(Leader leader) {
    noteLags(leader);
    List<VoterLag> lags = new ArrayList<>();
    for (ServerId voter : s.members().everybody().voters()) {
      FollowerProgress follower = leader.followers.get(voter);
      if (follower != null) {
        long bytes = s.log.endOf(s.log.lastIndex()) - follower.hasBytes;
        Timestamp since = follower.lacksSince;
        Duration age =
            since == null || !s.passed(since)
                ? Duration.ZERO
                : Duration.ofNanos(s.now.earliest().nanos() - since.nanos());
        lags.add(new VoterLag(voter, Math.max(0, bytes), age));
      }
    }
    return lags;
  }

  /**
   * Remembers since when a follower lacks an entry, and how much the log held up to there, before
   * the log forgets it. Who gives no lease is away, whatever it lacks.
   */
  private void noteLags(Leader leader) {
    for (FollowerProgress follower : leader.followers.values()) {
      Timestamp lease = s.holder.from(follower.server);
      boolean away = lease == null || s.passed(lease);
      boolean behind = !follower.synced || follower.acked < s.log.lastIndex();
      if (!away && !behind) {
        follower.lacksSince = null;
      } else if (follower.lacksSince == null) {
        follower.lacksSince = s.now.latest();
        follower.lacksIndex = s.log.lastIndex();
      } else if (!away && follower.synced && follower.acked >= follower.lacksIndex) {
        follower.lacksSince = s.now.latest(); // it gets on: what it lacks now is newer
        follower.lacksIndex = s.log.lastIndex();
      }
      if (follower.acked >= s.log.baseIndex()) {
        follower.hasBytes = s.log.endOf(follower.acked);
      } else if (follower.hasBytes < 0) {
        follower.hasBytes = s.log.endOf(s.log.baseIndex());
      }
    }
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
    leader.trimDue = true;
    follower.synced = true;
    follower.waiting = false;
    follower.acked = Math.max(follower.acked, message.index());
    follower.nextIndex = Math.max(follower.nextIndex, follower.acked + 1);
    if (message.commitIndex() >= follower.commitKnown) {
      follower.commitKnown = message.commitIndex();
      follower.applied = message.applied();
      noteDurable(follower, message.checkpoint());
    }
    follower.retryAt = s.retryTime();
    advance(leader);
    replicate(leader, follower);
  }

  /** A full replica that has become a witness has nothing durable any more, and the reverse. */
  private static void noteDurable(FollowerProgress follower, long durable) {
    boolean witness = follower.applied == Accepted.NO_DATA;
    follower.checkpoint = witness ? 0 : Math.max(follower.checkpoint, durable);
    follower.witnessed = witness ? Math.max(follower.witnessed, durable) : 0;
  }

  void onBehind(Leader leader, ServerId from, Behind message) {
    FollowerProgress follower = leader.followers.get(from);
    if (follower == null || !message.ballot().equals(leader.ballot)) {
      return;
    }
    if (message.promised().isAfter(leader.ballot)) {
      if (follower.leavesAt != null) {
        return; // what it has promised matters no more
      }
      s.seen = Ballot.max(s.seen, message.promised());
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
    if (s.commit == s.log.lastIndex()) {
      return; // votes that come late
    }
    long held =
        s.quorum()
            .reached(voter -> {
              FollowerProgress follower = leader.followers.get(voter);
              if (follower == null) {
                return voter.equals(s.self()) ? leader.ownDurable : 0L;
              }
              return follower.acked;
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
      needsImage(leader, follower);
      return;
    }
    while (follower.nextIndex <= s.log.lastIndex()) {
      long inFlight = follower.nextIndex - 1 - follower.acked;
      if (inFlight >= PaxosConfig.IN_FLIGHT_ENTRIES_MAX
          || s.log.bytesBetween(follower.acked, follower.nextIndex - 1)
              >= PaxosConfig.IN_FLIGHT_BYTES_MAX) {
        return;
      }
      boolean old = !s.log.here(follower.nextIndex);
      if (old && inFlight > PaxosConfig.IN_FLIGHT_ENTRIES_MAX / 2) {
        return; // that will be answered: to read for a few entries more is not worth it
      }
      if (!s.reach(follower.nextIndex)) {
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

  /** From time to time it is asked how far it is: the image may have come from anybody. */
  private void needsImage(Leader leader, FollowerProgress follower) {
    if (s.passed(follower.retryAt)) {
      follower.retryAt = s.retryTime();
      s.signal(new Signal.InstallNeeded(follower.server));
      s.send(
          follower.server,
          new Accept(leader.ballot, leader.startIndex, s.log.lastIndex(), List.of(), s.commit, 0));
    }
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
      needsImage(leader, follower);
      return;
    }
    if (!s.reach(follower.nextIndex)) {
      return;
    }
    List<LogEntry> part =
        s.log.slice(
            follower.nextIndex,
            s.commit,
            PaxosConfig.IN_FLIGHT_ENTRIES_MAX,
            PaxosConfig.IN_FLIGHT_BYTES_MAX);
    long reached = follower.nextIndex + part.size();
    long bytes = s.log.bytesBetween(follower.nextIndex - 1, s.log.lastIndex());
    // The unchosen rest goes in one message, but not with more than fits into one.
    if (reached > s.commit && (part.isEmpty() || bytes <= PaxosConfig.UNCHOSEN_BYTES_MOST)) {
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
            leader.ballot,
            leader.startIndex,
            follower.nextIndex - 1,
            part,
            s.commit,
            members.isWitness(leader, follower.server) ? leader.witnessTrim : s.trim));
    if (follower.retryAt.isBefore(s.now.earliest())) {
      follower.retryAt = s.retryTime();
    }
    follower.nextIndex += part.size();
  }

  void tick(Leader leader) {
    SortedSet<ServerId> unconfirmed = s.holder.unconfirmed(s.group());
    for (FollowerProgress follower : leader.followers.values()) {
      boolean unanswered = !follower.synced || follower.acked + 1 < follower.nextIndex;
      if (unanswered && s.passed(follower.retryAt)) {
        follower.waiting = false;
        if (follower.synced) {
          follower.nextIndex = follower.acked + 1;
        }
        replicate(leader, follower);
      } else if (follower.synced
          && (commitUntold(follower) || unconfirmed.contains(follower.server))
          && follower.nextIndex > s.log.lastIndex()) {
        send(leader, follower, List.of());
      }
    }
    if (s.passed(leader.lagsAt)) {
      leader.lagsAt = s.now.latest().plus(VoterLag.NOTED_EVERY);
      noteLags(leader);
    }
    if (leader.trimDue) {
      leader.trimDue = false;
      members.trim(leader);
    }
    handOvers.prefer(leader);
  }

  /** The message that told it may have been lost, or have overtaken the entry. */
  private boolean commitUntold(FollowerProgress follower) {
    return follower.commitSent < s.commit
        || (follower.commitKnown < s.commit && s.passed(follower.retryAt));
  }

  /** After every step: begins to serve, notices a lost lease, hands over. */
  void settle(Leader leader) {
    boolean leased = s.now.latest().isBefore(s.holder.leaseEnd(s.group()));
    if (leased) {
      leader.leaselessSince = null;
      if (!leader.serving && s.commit >= leader.startIndex && s.delivers()) {
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
    members.settle(leader);
    handOvers.settle(leader);
  }
}
