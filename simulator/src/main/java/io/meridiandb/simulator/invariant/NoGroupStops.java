package io.meridiandb.simulator.invariant;

import org.jspecify.annotations.Nullable;

/** No invariant inside the product is broken: such a one stops its group on that server. */
public final class NoGroupStops implements Invariant {
  @Override
  public @Nullable String broken(Sight sight) {
    for (Sight.Server server : sight.servers()) {
      for (Sight.Group group : server.groups()) {
        if (group.stopped()) {
          return "group %d has stopped on %s".formatted(group.id(), server.id());
        }
      }
    }
    return null;
  }
}
