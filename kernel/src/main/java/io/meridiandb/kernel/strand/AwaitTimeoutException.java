package io.meridiandb.kernel.strand;

/** A fiber waited for a future longer than it was told to. */
public final class AwaitTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public AwaitTimeoutException(String message) {
    super(message);
  }
}
