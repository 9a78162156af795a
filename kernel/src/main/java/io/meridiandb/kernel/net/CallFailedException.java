package io.meridiandb.kernel.net;

/** No answer to a call came in time; whether the peer acted on it is unknown. */
public final class CallFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CallFailedException(String message) {
    super(message);
  }
}
