package io.meridiandb.kernel.strand;

import java.time.Duration;

/**
 * A serial executor: the tasks given to one strand run one after another, in the order given, each
 * seeing the effects of those before. All code of one state machine runs on its strand, callbacks
 * included, so such code needs no lock. Tasks must not block, except on strands made for a disk.
 */
public interface Strand {
  /** Runs {@code task} later on this strand; callable from any thread. */
  void execute(Runnable task);

  /**
   * Runs {@code task} on this strand once {@code delay} has passed; callable from any thread. A
   * timer is never a proof about absolute time: rules of the protocol re-read TrueTime when it
   * fires.
   */
  Timer schedule(Duration delay, Runnable task);

  /** Whether the caller runs on this strand. */
  boolean isCurrent();
}
