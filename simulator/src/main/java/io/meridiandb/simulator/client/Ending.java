package io.meridiandb.simulator.client;

/**
 * How a transaction ended, as far as its client knows.
 *
 * @param kind in words
 * @param commitNanos its timestamp if it committed, else 0
 * @param why the failure, in words; empty if it committed
 */
public record Ending(Kind kind, long commitNanos, String why) {
  /** What the client may believe. */
  public enum Kind {
    /** Acknowledged: it must be there for ever. */
    COMMITTED,
    /** It must never show. */
    ABORTED,
    /** Nobody could say in time: it may show, but whole or not at all. */
    UNKNOWN
  }

  static Ending committed(long nanos) {
    return new Ending(Kind.COMMITTED, nanos, "");
  }

  static Ending aborted(String why) {
    return new Ending(Kind.ABORTED, 0, why);
  }

  static Ending unknown(String why) {
    return new Ending(Kind.UNKNOWN, 0, why);
  }

  /** Whether it is acknowledged. */
  public boolean isCommitted() {
    return kind == Kind.COMMITTED;
  }
}
