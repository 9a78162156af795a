package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.ServerId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Something of each replica that never falls while its server lives. */
abstract class Rising<T extends Comparable<T>> implements Invariant {
  private record Replica(ServerId server, long life, long group) {}

  private final Map<Replica, T> highest = new LinkedHashMap<>();
  private final Map<ServerId, List<Sight.Group>> seen = new TreeMap<>();

  /** What must not fall. */
  abstract T value(Sight.Group group);

  /** Whether it begins anew with another replica of the group, once this one has gone. */
  abstract boolean goesWithTheReplica();

  @Override
  public final @Nullable String broken(Sight sight) {
    for (Sight.Server server : sight.servers()) {
      if (!server.groups().equals(seen.put(server.id(), server.groups()))) {
        String words = fallen(server);
        if (words != null) {
          return words;
        }
      }
    }
    return null;
  }

  private static boolean isHere(Sight.Server server, long group) {
    return server.groups().stream().anyMatch(each -> each.id() == group);
  }

  private @Nullable String fallen(Sight.Server server) {
    if (goesWithTheReplica()) {
      highest
          .keySet()
          .removeIf(each -> each.server.equals(server.id()) && !isHere(server, each.group));
    }
    for (Sight.Group group : server.groups()) {
      T now = value(group);
      T before = highest.put(new Replica(server.id(), server.life(), group.id()), now);
      if (before != null && before.compareTo(now) > 0) {
        return "group %d on %s went from %s back to %s"
            .formatted(group.id(), server.id(), before, now);
      }
    }
    return null;
  }
}
