package io.meridiandb.kernel.fault;

/**
 * Fault sites in production code: places where the simulator may choose the rare path. Asked only
 * where the rare path is not the one that would be taken anyway.
 */
public interface Faults {
  /** Never a fault: the production instance. */
  Faults NONE = site -> false;

  /** Whether to take the rare path here; always false outside of simulation. */
  boolean maybe(String site);
}
