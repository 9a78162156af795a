package io.meridiandb.simulator.invariant;

import org.jspecify.annotations.Nullable;

/** Looks at servers between two events, and leaves no trace in them. */
public interface Eye {
  /** All servers now. */
  Sight all();

  /**
   * Only the server that the last event concerned, or nobody if that was no server that runs: of
   * all others nothing has changed since, but that leases have ended.
   *
   * @return null if the event may have concerned anybody
   */
  @Nullable Sight concerned();
}
