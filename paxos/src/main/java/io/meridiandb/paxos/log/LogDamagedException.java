package io.meridiandb.paxos.log;

/**
 * The log on disk is not what was written: bytes in its middle changed, a segment is missing, or it
 * belongs to another server. The server must not start on it.
 */
public final class LogDamagedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LogDamagedException(String message) {
    super(message);
  }
}
