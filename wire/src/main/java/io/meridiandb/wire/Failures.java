package io.meridiandb.wire;

import io.meridiandb.wire.proto.Failure;
import org.jspecify.annotations.Nullable;

/** Between {@link MeridianException}s and the {@link Failure} frames that carry them. */
public final class Failures {
  /** A failure that is not about one row of a batch. */
  public static final int NO_BATCH_INDEX = -1;

  private Failures() {}

  /**
   * A frame's body of an error; state, batch index and doubt about the outcome are for the caller
   * to add.
   */
  public static Failure.Builder toFrame(MeridianException error) {
    Failure.Builder out =
        Failure.newBuilder()
            .setCode(error.code().name())
            .setSqlState(error.code().sqlState())
            .setMessage(String.valueOf(error.getMessage()))
            .setPosition(error.position())
            .setRetryable(error.code().retryable())
            .setBatchIndex(NO_BATCH_INDEX);
    String hint = error.hint();
    if (hint != null) {
      out.setHint(hint);
    }
    return out;
  }

  /**
   * The code of a failure; of a newer server's unknown code, the one that has the same SQLSTATE,
   * and {@link ErrorCode#INTERNAL} if there is none.
   */
  public static ErrorCode code(Failure failure) {
    ErrorCode sameState = null;
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().equals(failure.getCode())) {
        return code;
      }
      if (sameState == null && code.sqlState().equals(failure.getSqlState())) {
        sameState = code;
      }
    }
    return sameState == null ? ErrorCode.INTERNAL : sameState;
  }

  /** The error that a frame carries. */
  public static MeridianException toException(Failure failure) {
    @Nullable String hint = failure.getHint().isEmpty() ? null : failure.getHint();
    return new MeridianException(
        code(failure), failure.getMessage(), hint, failure.getPosition(), null);
  }
}
