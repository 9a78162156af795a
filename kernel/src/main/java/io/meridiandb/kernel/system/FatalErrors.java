package io.meridiandb.kernel.system;

import io.meridiandb.kernel.event.Events;

/**
 * What happens when an {@link Error} (no memory, a broken class file, a stack overflow) escapes a
 * task or a fiber: nothing is known about the state it leaves behind, so nobody may go on with it.
 */
public interface FatalErrors {
  /** Exit code of a process that ended by a fatal error (sysexits: internal software error). */
  int EXIT_CODE = 70;

  /** Ends the process at once, without shutdown hooks: what is durable is all that counts. */
  FatalErrors HALT = (where, error) -> Runtime.getRuntime().halt(EXIT_CODE);

  /**
   * Called on the thread that failed, after the error was reported as an event.
   *
   * @param where the strand or fiber
   */
  void fatal(String where, Error error);

  /** Reports what escaped {@code where}; an Error is fatal. */
  static void escaped(FatalErrors fatal, Events events, String where, Throwable thrown) {
    try {
      events.failure(where, "an exception escaped", thrown);
    } finally {
      if (thrown instanceof Error error) {
        fatal.fatal(where, error);
      }
    }
  }
}
