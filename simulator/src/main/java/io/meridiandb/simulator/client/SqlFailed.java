package io.meridiandb.simulator.client;

import io.meridiandb.wire.proto.Failure;

/** The server answered with a failure. */
public final class SqlFailed extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean outcomeUnknown;

  SqlFailed(Failure failure) {
    this(
        failure.getSqlState() + " " + failure.getCode() + ": " + failure.getMessage(),
        failure.getOutcomeUnknown());
  }

  SqlFailed(String message, boolean outcomeUnknown) {
    super(message);
    this.outcomeUnknown = outcomeUnknown;
  }

  /** Whether it may nevertheless have committed. */
  boolean outcomeUnknown() {
    return outcomeUnknown;
  }
}
