package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.txn.participant.Ownership;
import io.meridiandb.txn.participant.VersionStore;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Hears what passes between the parts of all servers, as {@link ObservedParts} tells it. */
public interface Observer {
  /**
   * A replica in one life of its server.
   *
   * @param server on which server
   * @param life in which life of it
   * @param group of which group
   */
  record Place(ServerId server, long life, GroupId group) {}

  /**
   * A replica with data, to be looked at between two events.
   *
   * @param inDoubt how many transactions are prepared here without outcome
   * @param lockHolders how many hold locks here or wait for some
   * @param store its rows
   * @param ownership which keys it takes for its group's
   */
  record Seen(
      IntSupplier inDoubt, IntSupplier lockHolders, VersionStore store, Ownership ownership) {}

  /** A server has started with this log. */
  default void recovered(ServerId server, RecoveredLog log) {}

  /** These records are on a server's disk for sure. */
  default void durable(ServerId server, List<LogRecord> batch) {}

  /** A replica stands after this entry, by a checkpoint: its own, or another's image. */
  default void stands(Place place, long index) {}

  /**
   * A replica is given a chosen entry.
   *
   * @param members as this replica knows them; null if it has only begun
   */
  default void applied(Place place, LogEntry entry, @Nullable ReplicaSet members) {}

  /** A leader has assigned a timestamp within a lease. */
  default void assigned(Place place, Timestamp timestamp, Timestamp leaseEnd) {}

  /** A replica vouches that after what it has applied nothing comes at or below a timestamp. */
  default void closed(Place place, Timestamp closed, long applied) {}

  /** A replica is open. */
  default void opened(Place place, Replica replica) {}

  /** A replica with data is about to be opened. */
  default void seen(Place place, Seen seen) {}
}
