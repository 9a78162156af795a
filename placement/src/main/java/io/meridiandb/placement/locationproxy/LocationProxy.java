package io.meridiandb.placement.locationproxy;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.gateway.Router;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells gateways where data is (Spanner OSDI'12 2, location proxies). In this version one group
 * holds every key; which of its servers leads is guessed and corrected by the answers of those who
 * were asked in vain. A wrong guess costs a message, never an answer. Callable from any thread.
 */
public final class LocationProxy implements Router {
  /**
   * What is believed of a group's leader.
   *
   * @param server whom to ask next
   * @param epoch under which epoch it leads; 0 if it is only the next to be tried
   */
  private record Belief(ServerId server, long epoch) {}

  private final List<ServerId> servers;
  private final ConcurrentMap<GroupId, Belief> beliefs = new ConcurrentHashMap<>();

  /**
   * Knows the servers and nothing else.
   *
   * @param servers those that hold replicas, nearest first: the order in which they are tried
   */
  public LocationProxy(List<ServerId> servers) {
    Invariants.check(!servers.isEmpty(), "a location proxy without servers");
    this.servers = List.copyOf(servers);
  }

  @Override
  public GroupId locate(Key key) {
    return GroupId.ZERO;
  }

  @Override
  public @Nullable GroupId locate(KeyRange range) {
    return GroupId.ZERO;
  }

  @Override
  public Leader leader(GroupId group) {
    Belief belief = beliefs.get(group);
    return belief == null
        ? new Leader(servers.getFirst(), 0)
        : new Leader(belief.server, belief.epoch);
  }

  @Override
  public void learned(GroupId group, ServerId server, long epoch) {
    beliefs.put(group, new Belief(server, epoch));
  }

  @Override
  public void failed(GroupId group, ServerId server, @Nullable ServerId hint) {
    beliefs.compute(
        group,
        (id, belief) -> {
          ServerId asked = belief == null ? servers.getFirst() : belief.server;
          if (!asked.equals(server)) {
            return belief; // somebody else has learned better in the meantime
          }
          if (hint != null && !hint.equals(server) && servers.contains(hint)) {
            return new Belief(hint, 0);
          }
          return new Belief(after(server), 0);
        });
  }

  private ServerId after(ServerId server) {
    int at = servers.indexOf(server);
    return servers.get((at + 1) % servers.size());
  }
}
