package io.meridiandb.simulator.invariant;

import org.jspecify.annotations.Nullable;

/** True time lies in the interval of every server that has not fenced itself (reliability C 15). */
public final class TrueTimeHolds implements Invariant {
  @Override
  public @Nullable String broken(Sight sight) {
    for (Sight.Server server : sight.servers()) {
      boolean holds =
          !server.clock().earliest().isAfter(sight.now())
              && !server.clock().latest().isBefore(sight.now());
      if (!holds && !server.fenced()) {
        return "it is %s, but %s believes %s".formatted(sight.now(), server.id(), server.clock());
      }
    }
    return null;
  }
}
