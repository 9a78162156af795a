package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Knows which group holds what, and asks one server after another who leads it. */
final class RoundRobinRouter implements Router {
  private final ServerId self;
  private final List<ServerId> servers;
  private final BorderRouter borders;
  private final Map<GroupId, Leader> leaders = new ConcurrentHashMap<>();

  RoundRobinRouter(ServerId self, List<ServerId> servers, BorderRouter borders) {
    this.self = self;
    this.servers = servers;
    this.borders = borders;
  }

  @Override
  public GroupId locate(Key key) {
    return borders.locate(key);
  }

  @Override
  public @Nullable GroupId locate(KeyRange range) {
    return borders.locate(range);
  }

  @Override
  public List<Located> cut(KeyRange range) {
    return borders.cut(range);
  }

  @Override
  public Leader leader(GroupId group) {
    return leaders.computeIfAbsent(group, key -> new Leader(servers.getFirst(), 0));
  }

  /** Each server is alone in its region. */
  @Override
  public boolean near(ServerId server) {
    return server.equals(self);
  }

  @Override
  public List<ServerId> replicas(GroupId group) {
    List<ServerId> nearestFirst = new ArrayList<>(servers);
    nearestFirst.remove(self);
    nearestFirst.addFirst(self);
    return nearestFirst;
  }

  @Override
  public void learned(GroupId group, ServerId server, long epoch) {
    leaders.put(group, new Leader(server, epoch));
  }

  @Override
  public void failed(GroupId group, ServerId server, @Nullable ServerId hint) {
    leaders.compute(
        group,
        (key, believed) -> {
          if (believed != null && !believed.server().equals(server)) {
            return believed;
          }
          int next = (servers.indexOf(server) + 1) % servers.size();
          return new Leader(hint == null || hint.equals(server) ? servers.get(next) : hint, 0);
        });
  }
}
