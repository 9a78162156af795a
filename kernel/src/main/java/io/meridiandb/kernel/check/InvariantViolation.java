package io.meridiandb.kernel.check;

/** An invariant of the product does not hold: a bug was met, and what stands on it must stop. */
public final class InvariantViolation extends RuntimeException {
  private static final long serialVersionUID = 1;

  public InvariantViolation(String message) {
    super(message);
  }
}
