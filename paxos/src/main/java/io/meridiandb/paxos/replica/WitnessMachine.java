package io.meridiandb.paxos.replica;

import io.meridiandb.paxos.LogEntry;

/** The state machine of a witness: there is no state, so the log itself is what it has. */
record WitnessMachine(long checkpointIndex) implements StateMachine {
  @Override
  public void apply(LogEntry entry) {}

  @Override
  public void becameLeader(LeaderTerm term) {}

  @Override
  public void stepDown() {}
}
