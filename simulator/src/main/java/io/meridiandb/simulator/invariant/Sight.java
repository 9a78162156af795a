package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import java.util.List;

/**
 * Servers at one moment of true time, as nobody in a real universe can see them.
 *
 * @param now true time
 * @param servers of those that were looked at, those that run
 */
public record Sight(Timestamp now, List<Server> servers) {
  /**
   * One server.
   *
   * @param id its number
   * @param life which life of it this is
   * @param clock what it takes for the time
   * @param fenced whether it knows that its clock is wrong
   * @param groups its replicas, by their groups' ids; the very same list as before if none changed
   */
  public record Server(
      ServerId id, long life, TTInterval clock, boolean fenced, List<Group> groups) {}

  /**
   * One replica.
   *
   * @param id its group
   * @param leading whether it leads and its lease is valid
   * @param ballot the highest it has promised
   * @param applied the last entry it has applied
   * @param stopped whether a broken invariant of the product has stopped it
   */
  public record Group(long id, boolean leading, Ballot ballot, long applied, boolean stopped) {}
}
