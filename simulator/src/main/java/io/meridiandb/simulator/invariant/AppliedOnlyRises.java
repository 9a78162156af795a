package io.meridiandb.simulator.invariant;

import java.util.List;

/** A replica never un-applies an entry (reliability C 4). */
public final class AppliedOnlyRises extends Rising {
  @Override
  List<Long> value(Sight.Group group) {
    return List.of(group.applied());
  }
}
