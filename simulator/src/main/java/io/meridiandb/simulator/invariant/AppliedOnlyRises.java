package io.meridiandb.simulator.invariant;

/** A replica never un-applies an entry (reliability C 4). */
public final class AppliedOnlyRises extends Rising<Long> {
  @Override
  Long value(Sight.Group group) {
    return group.applied();
  }

  @Override
  boolean goesWithTheReplica() {
    return true; // who is made a member again begins with an empty log
  }
}
