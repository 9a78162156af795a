package io.meridiandb.bench.replication;

import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.replica.LeaderTerm;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.paxos.replica.StateMachine;
import org.jspecify.annotations.Nullable;

/**
 * Counts the commands of a group and forgets them, so that the log's segments are used again: all
 * that a run measures is replication. On the server strand.
 */
final class CountingMachine implements StateMachine {
  /** After so many commands the machine says that it needs the log no more. */
  private static final long CHECKPOINT_COMMANDS = 10_000;

  private @Nullable Replica replica;
  private long applied;
  private boolean leading;

  void attach(Replica to) {
    replica = to;
  }

  boolean leading() {
    return leading;
  }

  @Override
  public long checkpointIndex() {
    return 0;
  }

  @Override
  public void apply(LogEntry entry) {
    if (++applied % CHECKPOINT_COMMANDS == 0 && replica != null) {
      replica.checkpointed(entry.index());
    }
  }

  @Override
  public void becameLeader(LeaderTerm term) {
    leading = true;
  }

  @Override
  public void stepDown() {
    leading = false;
  }
}
