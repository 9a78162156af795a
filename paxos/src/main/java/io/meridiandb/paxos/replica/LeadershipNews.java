package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.core.Signal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells how the leadership of a group changes hands, step by step, and how long the steps took:
 * what the lines of two servers' logs do not explain of an outage is the network's. Each step is
 * also counted, in {@code …micros}, for averages. Runs on the server strand.
 */
final class LeadershipNews {
  private final GroupId group;
  private final Events events;
  private final Clocks clocks;

  /** When the last step was, on the boot clock. */
  private long stepNanos;

  LeadershipNews(GroupId group, HostServices services) {
    this.group = group;
    this.events = services.env().events();
    this.clocks = services.env().clocks();
  }

  /** A planned hand-over: nothing is appended any more. */
  void handsOver(@Nullable ServerId target) {
    stepNanos = clocks.bootNanos();
    events.count("paxos.handovers", 1);
    tell(
        "%s takes no more commands here, it is handed over to %s"
            .formatted(group, target == null ? "anybody" : target));
  }

  /** All is chosen, and the ballot is released with so much of the state machine. */
  void released(int bytes) {
    long drained = sinceLastStep("paxos.handover.drain.micros");
    tell(
        "%s is released %d ms after its last command was taken, %d bytes of its state go along"
            .formatted(group, millis(drained), bytes));
  }

  /** LEADER_START is appended. */
  void elected(Signal.Elected won) {
    stepNanos = clocks.bootNanos();
    long promise = won.campaign().promise().toNanos();
    long votes = won.campaign().votes().toNanos();
    events.count("paxos.elections", 1);
    count("paxos.election.promise.micros", promise);
    count("paxos.election.votes.micros", votes);
    tell(
        "elected leader of %s with ballot %s: own promise after %d ms, the others' after %d ms more"
            .formatted(group, won.ballot(), millis(promise), millis(votes)));
  }

  /** It takes commands. */
  void leads(Ballot ballot) {
    long started = sinceLastStep("paxos.election.start.micros");
    tell(
        "leads %s with ballot %s, %d ms after its election"
            .formatted(group, ballot, millis(started)));
  }

  void leadsNoLonger(Ballot ballot) {
    tell("leads %s no longer, ballot %s".formatted(group, ballot));
  }

  private long sinceLastStep(String counter) {
    long nanos = clocks.bootNanos() - stepNanos;
    count(counter, nanos);
    return nanos;
  }

  private void count(String counter, long nanos) {
    events.count(counter, TimeUnit.NANOSECONDS.toMicros(nanos));
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  private void tell(String what) {
    events.event(Level.INFO, "paxos", what);
  }
}
