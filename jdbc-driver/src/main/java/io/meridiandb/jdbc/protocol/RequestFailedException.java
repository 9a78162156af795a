package io.meridiandb.jdbc.protocol;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.Failures;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.Failure;

/** A request that did not succeed: because the server says so, or because the link broke. */
public final class RequestFailedException extends Exception {
  private static final long serialVersionUID = 1;

  private final MeridianException error;
  private final String detail;
  private final int batchIndex;
  private final boolean nothingDone;

  RequestFailedException(MeridianException error) {
    this(error, "", Failures.NO_BATCH_INDEX, false);
  }

  RequestFailedException(ErrorCode code, String message) {
    this(new MeridianException(code, message));
  }

  RequestFailedException(Failure failure) {
    this(Failures.toException(failure), failure.getDetail(), failure.getBatchIndex(), false);
  }

  /**
   * A loss of the link after which it is proved that the transaction did not and will not commit.
   */
  static RequestFailedException provedRolledBack(MeridianException error) {
    return new RequestFailedException(error, "", Failures.NO_BATCH_INDEX, true);
  }

  private RequestFailedException(
      MeridianException error, String detail, int batchIndex, boolean nothingDone) {
    super(error.getMessage(), error);
    this.error = error;
    this.detail = detail;
    this.batchIndex = batchIndex;
    this.nothingDone = nothingDone;
  }

  /** Whether it is proved that nothing of the transaction took or will take effect. */
  boolean isNothingDone() {
    return nothingDone;
  }

  /** Code, message, hint and position. */
  public MeridianException error() {
    return error;
  }

  /** More about it; empty if there is none. */
  public String detail() {
    return detail;
  }

  /**
   * The row of a batch that failed, from 0; {@link Failures#NO_BATCH_INDEX} if it is not a batch.
   */
  public int batchIndex() {
    return batchIndex;
  }
}
