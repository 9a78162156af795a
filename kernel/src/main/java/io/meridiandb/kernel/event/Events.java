package io.meridiandb.kernel.event;

/**
 * What a node tells about itself. In production events go to the log (rate-limited, no row values)
 * and counters to {@code /metrics}; in simulation each becomes part of the trace and its hash.
 * Callable from any thread.
 */
public interface Events {
  /** How loud an event is. */
  enum Level {
    DEBUG,
    INFO,
    WARNING,
    ERROR
  }

  /**
   * Something happened.
   *
   * @param source the part that reports, such as {@code paxos.election}
   * @param message one sentence with the names and values that matter
   */
  void event(Level level, String source, String message);

  /** Something failed with an exception nobody could handle. */
  void failure(String source, String message, Throwable cause);

  /**
   * Adds {@code delta} to a named counter; a name is lower case with dots, such as {@code
   * log.forces}.
   */
  void count(String counter, long delta);

  /** A rare branch was really taken: simulation counts these to prove that a fault mattered. */
  default void probe(String name) {
    count("probe." + name, 1);
  }
}
