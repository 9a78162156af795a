package io.meridiandb.simulator.client;

import io.meridiandb.wire.proto.Failure;

/** The server answered with a failure. */
public final class SqlFailed extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Failure failure;

  SqlFailed(Failure failure) {
    super(failure.getSqlState() + " " + failure.getCode() + ": " + failure.getMessage());
    this.failure = failure;
  }

  /** What it said. */
  public Failure failure() {
    return failure;
  }
}
