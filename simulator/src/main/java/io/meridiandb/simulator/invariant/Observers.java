package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.Replica;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells several observers, in order.
 *
 * @param all who is told
 */
public record Observers(List<Observer> all) implements Observer {
  /** Those among the invariants that hear what passes, and another. */
  public static Observers among(List<Invariant> invariants, Observer other) {
    return new Observers(
        Stream.concat(Stream.of(other), invariants.stream())
            .filter(Observer.class::isInstance)
            .map(Observer.class::cast)
            .toList());
  }

  @Override
  public void recovered(ServerId server, RecoveredLog log) {
    all.forEach(each -> each.recovered(server, log));
  }

  @Override
  public void durable(ServerId server, List<LogRecord> batch) {
    all.forEach(each -> each.durable(server, batch));
  }

  @Override
  public void stands(Place place, long index) {
    all.forEach(each -> each.stands(place, index));
  }

  @Override
  public void applied(Place place, LogEntry entry, @Nullable ReplicaSet members) {
    all.forEach(each -> each.applied(place, entry, members));
  }

  @Override
  public void assigned(Place place, Timestamp timestamp, Timestamp leaseEnd) {
    all.forEach(each -> each.assigned(place, timestamp, leaseEnd));
  }

  @Override
  public void closed(Place place, Timestamp closed, long applied) {
    all.forEach(each -> each.closed(place, closed, applied));
  }

  @Override
  public void opened(Place place, Replica replica) {
    all.forEach(each -> each.opened(place, replica));
  }

  @Override
  public void seen(Place place, Seen seen) {
    all.forEach(each -> each.seen(place, seen));
  }
}
