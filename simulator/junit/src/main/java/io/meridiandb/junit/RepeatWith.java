package io.meridiandb.junit;

/** Hangs on the failure of a test on a simulated universe: how to run exactly that again. */
@SuppressWarnings("serial")
public final class RepeatWith extends RuntimeException {
  RepeatWith(String message) {
    super(message, null, false, false);
  }
}
