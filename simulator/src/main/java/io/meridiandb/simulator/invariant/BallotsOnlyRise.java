package io.meridiandb.simulator.invariant;

import java.util.List;

/** A replica never goes back behind a ballot that it has promised (protocol C1). */
public final class BallotsOnlyRise extends Rising {
  @Override
  List<Long> value(Sight.Group group) {
    return group.ballot();
  }
}
