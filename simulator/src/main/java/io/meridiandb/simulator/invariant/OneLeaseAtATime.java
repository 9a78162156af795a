package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.ServerId;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The leases of a group's leaders are disjoint in true time (reliability C 1, protocol C1). */
public final class OneLeaseAtATime implements Invariant {
  @Override
  public @Nullable String broken(Sight sight) {
    if (sight.servers().size() < 2) {
      return null; // a server has one replica of a group
    }
    Map<Long, ServerId> leaders = new TreeMap<>();
    for (Sight.Server server : sight.servers()) {
      for (Sight.Group group : server.groups()) {
        ServerId other = group.leading() ? leaders.put(group.id(), server.id()) : null;
        if (other != null) {
          return "%s and %s both lead group %d".formatted(other, server.id(), group.id());
        }
      }
    }
    return null;
  }
}
