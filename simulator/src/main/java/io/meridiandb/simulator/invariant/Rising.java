package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.ServerId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Something of each replica that never falls while its server lives. */
abstract class Rising<T extends Comparable<T>> implements Invariant {
  /** What is known of a server in one life; of the lives before nothing is kept. */
  private static final class Life<T> {
    private final long number;
    private final Map<Long, T> highest = new TreeMap<>();
    private List<Sight.Group> seen = List.of();

    Life(long number) {
      this.number = number;
    }
  }

  private final Map<ServerId, Life<T>> lives = new TreeMap<>();

  /** What must not fall. */
  abstract T value(Sight.Group group);

  /** Whether it begins anew with another replica of the group, once this one has gone. */
  abstract boolean goesWithTheReplica();

  @Override
  public final @Nullable String broken(Sight sight) {
    for (Sight.Server server : sight.servers()) {
      Life<T> life = lives.get(server.id());
      if (life == null || life.number != server.life()) {
        life = new Life<>(server.life());
        lives.put(server.id(), life);
      }
      if (!server.groups().equals(life.seen)) {
        life.seen = server.groups();
        String words = fallen(server, life.highest);
        if (words != null) {
          return words;
        }
      }
    }
    return null;
  }

  private @Nullable String fallen(Sight.Server server, Map<Long, T> highest) {
    if (goesWithTheReplica()) {
      highest.keySet().removeIf(group -> !isHere(server, group));
    }
    for (Sight.Group group : server.groups()) {
      T now = value(group);
      T before = highest.put(group.id(), now);
      if (before != null && before.compareTo(now) > 0) {
        return "group %d on %s went from %s back to %s"
            .formatted(group.id(), server.id(), before, now);
      }
    }
    return null;
  }

  private static boolean isHere(Sight.Server server, long group) {
    return server.groups().stream().anyMatch(each -> each.id() == group);
  }
}
