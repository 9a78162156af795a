package io.meridiandb.simulator.invariant;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something of each replica that never falls while its server lives. */
abstract class Rising implements Invariant {
  private record Replica(long server, long life, long group) {}

  private final Map<Replica, List<Long>> highest = new LinkedHashMap<>();

  /** What must not fall, as numbers that are compared from left to right. */
  abstract List<Long> value(Sight.Group group);

  @Override
  public final @Nullable String broken(Sight sight) {
    for (Sight.Server server : sight.servers()) {
      for (Sight.Group group : server.groups()) {
        Replica replica = new Replica(server.id().value(), server.life(), group.id());
        List<Long> now = value(group);
        List<Long> before = highest.put(replica, now);
        if (before != null && !before.equals(now) && less(now, before)) {
          return "group %d on %s went from %s back to %s"
              .formatted(group.id(), server.id(), before, now);
        }
      }
    }
    return null;
  }

  private static boolean less(List<Long> one, List<Long> other) {
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      int order = Long.compare(one.get(i), other.get(i));
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }
}
