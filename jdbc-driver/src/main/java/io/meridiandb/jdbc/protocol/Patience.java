package io.meridiandb.jdbc.protocol;

import io.meridiandb.jdbc.link.Surroundings;
import java.util.concurrent.TimeUnit;

/**
 * How long to wait for one frame. A statement's time limit is the server's to keep; the driver only
 * steps in {@link #GRACE_MILLIS} later, first with a cancel, and if that has no answer either, by
 * giving the link up.
 */
final class Patience {
  /** How much later than the server the driver gives up. */
  static final long GRACE_MILLIS = 5_000;

  private final Surroundings surroundings;
  private final long linkDeadline; // nanoTime; 0 = none
  private long deadline; // nanoTime; 0 = none
  private boolean cancelSent;

  /**
   * Starts to wait now.
   *
   * @param surroundings whose time it is
   * @param statementMillis the statement's own limit; 0 = none
   * @param networkMillis how long the network may be silent; 0 = for ever
   */
  Patience(Surroundings surroundings, long statementMillis, long networkMillis) {
    this.surroundings = surroundings;
    long now = surroundings.nanoTime();
    deadline =
        statementMillis <= 0
            ? 0
            : now + TimeUnit.MILLISECONDS.toNanos(statementMillis + GRACE_MILLIS);
    linkDeadline = networkMillis <= 0 ? 0 : now + TimeUnit.MILLISECONDS.toNanos(networkMillis);
  }

  /** What to do when a wait ended without a frame. */
  enum Verdict {
    WAIT,
    CANCEL,
    GIVE_UP
  }

  /** Nanoseconds until the next decision; negative for ever. */
  long remaining() {
    if (deadline == 0 && linkDeadline == 0) {
      return -1;
    }
    long now = surroundings.nanoTime();
    long untilDeadline = deadline == 0 ? Long.MAX_VALUE : deadline - now;
    long untilLink = linkDeadline == 0 ? Long.MAX_VALUE : linkDeadline - now;
    return Math.max(0, Math.min(untilDeadline, untilLink));
  }

  Verdict verdict() {
    long now = surroundings.nanoTime();
    if (linkDeadline != 0 && linkDeadline - now <= 0) {
      return Verdict.GIVE_UP;
    }
    if (deadline != 0 && deadline - now <= 0) {
      return cancelSent ? Verdict.GIVE_UP : interrupted();
    }
    return Verdict.WAIT;
  }

  /** The thread was interrupted: the request is to be cancelled, and the answer to come soon. */
  Verdict interrupted() {
    if (cancelSent) {
      return Verdict.WAIT;
    }
    cancelSent = true;
    deadline = surroundings.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
    return Verdict.CANCEL;
  }
}
