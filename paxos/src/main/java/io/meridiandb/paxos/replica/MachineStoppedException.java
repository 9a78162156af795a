package io.meridiandb.paxos.replica;

/**
 * A state machine has stopped on this server, because its disk has failed or a rule of its own was
 * broken; it has said so itself. Its replica stops with it, and the others go on.
 */
public final class MachineStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says which group has stopped, and why. */
  public MachineStoppedException(String message) {
    super(message);
  }
}
