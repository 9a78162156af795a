package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosCore;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import io.meridiandb.paxos.core.PaxosMessage;
import io.meridiandb.paxos.replica.CloseStreams.Registration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The closed timestamps of one replica: a leader promises them, all others hear of them with
 * ACCEPTs and from {@link CloseStreams} (protocol C4, G20). Runs on the server strand.
 */
final class GroupCloser {
  private final GroupReplica replica;
  private final CloseStreams streams;
  private final ClosedTimes closed = new ClosedTimes();
  private Registration registration = new Registration(Ballot.ZERO, 0);

  GroupCloser(GroupReplica replica, CloseStreams streams) {
    this.replica = replica;
    this.streams = streams;
  }

  /** The leader of {@code ballot} promises {@code t}; counts if the log here is its log. */
  void heard(Ballot ballot, long index, Timestamp t) {
    PaxosCore core = replica.core();
    if (!replica.failed() && core.follows(ballot)) {
      closed.offer(ballot, index, t);
      closed.advance(replica.appliedIndex(), core.lastBallot());
    }
  }

  /** An entry is in the state machine. */
  void applied(LogEntry entry) {
    closed.advance(entry.index(), replica.core().lastBallot());
  }

  /**
   * Promises, for members that hold data, that nothing after the last entry here gets a timestamp
   * up to {@code t}; null without a lease that covers it (protocol G20).
   *
   * @param t a moment that was the present just now
   */
  @Nullable Registration promise(Timestamp t) {
    boolean covered = replica.announced() && t.isBefore(replica.clock().leaseEnd());
    if (!covered || !replica.clock().promise(t)) {
      return null;
    }
    PaxosCore core = replica.core();
    if (registration.lastIndex() != core.lastIndex()
        || !registration.ballot().equals(core.promised())) {
      registration = new Registration(core.promised(), core.lastIndex());
    }
    return registration;
  }

  /** Each ACCEPT closes the present, as far as this leader may promise it (protocol G4, G20). */
  List<Outgoing> closing(List<Outgoing> messages) {
    if (!replica.announced() || messages.isEmpty()) {
      return messages;
    }
    Timestamp promised = null;
    List<Outgoing> closing = new ArrayList<>(messages.size());
    for (Outgoing outgoing : messages) {
      if (outgoing.message() instanceof PaxosMessage.Accept accept) {
        if (promised == null) {
          promised = replica.clock().close().orElse(Timestamp.MIN);
        }
        PaxosMessage with = accept.closing(promised, replica.core().lastIndex());
        closing.add(new Outgoing(outgoing.to(), with));
      } else {
        closing.add(outgoing);
      }
    }
    return closing;
  }

  /** Up to where everything is here. */
  Timestamp now() {
    PaxosCore core = replica.core();
    if (replica.leaseValidNow()) {
      LogEntry next = core.entry(replica.appliedIndex() + 1);
      if (replica.appliedIndex() == core.lastIndex()) {
        replica.clock().close().ifPresent(closed::raise);
      } else if (next != null && next.kind() == EntryKind.COMMAND) {
        closed.raise(next.timestamp().plusNanos(-1));
      }
    } else {
      CloseStreams.Latest told = streams.latest(replica.group(), core.promised().server());
      if (told != null) {
        heard(told.registration().ballot(), told.registration().lastIndex(), told.t());
      }
    }
    return closed.closed();
  }

  /**
   * Whether a CLOSE has told since {@code since} that the holder of what is promised here leads
   * with it, and that it has nothing that is not known to be chosen here too.
   */
  boolean leaderHeard(Timestamp since) {
    PaxosCore core = replica.core();
    CloseStreams.Latest told = streams.latest(replica.group(), core.promised().server());
    return told != null
        && told.t().isAfter(since)
        && told.registration().ballot().equals(core.promised())
        && told.registration().lastIndex() <= core.commitIndex();
  }

  /** Runs {@code task} once {@code t} is closed here. */
  void await(Timestamp t, Runnable task) {
    if (now().isBefore(t)) {
      closed.await(t, task);
    } else {
      task.run();
    }
  }

  boolean awaited() {
    return closed.awaited();
  }

  /** Reads that wait go on, if leaders have promised enough by now. */
  void wake() {
    if (closed.awaited()) {
      now();
    }
  }
}
