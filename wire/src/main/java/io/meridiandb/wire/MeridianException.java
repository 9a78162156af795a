package io.meridiandb.wire;

import org.jspecify.annotations.Nullable;

/**
 * An error that a user sees: a code of the closed set, what happened to which thing, and where it
 * is known what to do about it.
 */
public final class MeridianException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;
  private final @Nullable String hint;
  private final int position;

  /** An error without position or hint. */
  public MeridianException(ErrorCode code, String message) {
    this(code, message, null, 0, null);
  }

  /** An error caused by another. */
  public MeridianException(ErrorCode code, String message, @Nullable Throwable cause) {
    this(code, message, null, 0, cause);
  }

  /**
   * The full form.
   *
   * @param hint what to do, or null
   * @param position 1-based character of the statement, 0 if none
   */
  public MeridianException(
      ErrorCode code,
      String message,
      @Nullable String hint,
      int position,
      @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.hint = hint;
    this.position = position;
  }

  /** The error of the closed set. */
  public ErrorCode code() {
    return code;
  }

  /** What to do about it, or null. */
  public @Nullable String hint() {
    return hint;
  }

  /** 1-based character of the statement, 0 if there is none. */
  public int position() {
    return position;
  }

  /** The same error at a position of the statement. */
  public MeridianException at(int newPosition) {
    return new MeridianException(code, String.valueOf(getMessage()), hint, newPosition, getCause());
  }

  /** The same error with a hint. */
  public MeridianException withHint(String newHint) {
    return new MeridianException(code, String.valueOf(getMessage()), newHint, position, getCause());
  }
}
