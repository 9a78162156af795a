package io.meridiandb.paxos.log;

/**
 * A write or force of the log failed. What is durable is unknown from then on, so the log refuses
 * everything with this same error and the server must stop (reliability T19).
 */
public final class LogFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LogFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
