package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.Configuration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Gives the state machine what is chosen, each entry once and in order, across images that it takes
 * in and across a change of the machine itself.
 */
final class Applier {
  private final GroupReplica replica;
  private StateMachine machine;
  private long applied;
  private boolean holding;

  /** Chosen while the machine changes over to an image. */
  private final Deque<LogEntry> held = new ArrayDeque<>();

  Applier(GroupReplica replica, StateMachine machine, long applied) {
    this.replica = replica;
    this.machine = machine;
    this.applied = applied;
  }

  StateMachine machine() {
    return machine;
  }

  long applied() {
    return applied;
  }

  void chosen(LogEntry entry) {
    if (holding) {
      held.addLast(entry);
    } else {
      apply(entry);
    }
  }

  private void apply(LogEntry entry) {
    Invariants.check(
        entry.index() == applied + 1, "%s applies %s after %d", replica.group(), entry, applied);
    if (entry.kind() == EntryKind.COMMAND) {
      machine.apply(entry);
    } else if (entry.kind() == EntryKind.CONFIGURATION) {
      tell(Configuration.decode(entry.payload()));
    }
    applied = entry.index();
    replica.applied(entry);
  }

  private void tell(Configuration members) {
    if (!members.joint()) {
      machine.membersChanged(members.target());
    }
  }

  /** This server was told that it is no member any more: {@code members} are. */
  void removed(Events events, Configuration members) {
    events.count("paxos.removed.told", 1);
    events.event(
        Level.WARNING,
        "paxos",
        "%s: this server is no member any more, %s are; its replica here may be closed"
            .formatted(replica.group(), members));
    machine.membersChanged(members.everybody());
  }

  /** Another machine takes over, which has everything up to {@code index}. */
  void become(StateMachine next, long index) {
    held.clear();
    holding = false;
    machine = next;
    applied = index;
  }

  /** The machine changes over: what is chosen waits until {@link #resume}. */
  void hold() {
    holding = true;
  }

  /** The machine stands after entry {@code index} now. */
  void jumped(long index, Configuration members) {
    applied = index;
    tell(members);
  }

  void resume() {
    holding = false;
    while (!held.isEmpty()) {
      LogEntry next = held.removeFirst();
      if (next.index() > applied) {
        apply(next);
      }
    }
  }
}
