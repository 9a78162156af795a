package io.meridiandb.truetime;

/** This server's clock contradicts itself or its peers: nothing that needs time may go on. */
public final class ClockFaultException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ClockFaultException(String message) {
    super(message);
  }
}
