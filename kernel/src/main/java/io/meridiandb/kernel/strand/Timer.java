package io.meridiandb.kernel.strand;

/** A scheduled task that may be called off. */
public interface Timer {
  /**
   * Calls the task off; no effect if it already ran. After a cancel on the timer's own strand it
   * never runs.
   */
  void cancel();
}
