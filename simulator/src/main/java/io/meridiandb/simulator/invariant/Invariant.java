package io.meridiandb.simulator.invariant;

import org.jspecify.annotations.Nullable;

/** A rule that is looked at after every event. May remember what it saw before. */
public interface Invariant {
  /** What breaks the rule now, in words; null if it holds. */
  @Nullable String broken(Sight sight);

  /** Its name, for reports. */
  default String name() {
    return getClass().getSimpleName();
  }
}
