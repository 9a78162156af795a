package io.meridiandb.kernel.simulated;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A permit that one thread hands to another: exactly one thread of a world runs at a time. */
final class Baton {
  private volatile boolean passed;
  private volatile @Nullable Thread taker;

  /** Lets the taker go on. */
  void pass() {
    passed = true;
    Thread waiting = taker;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /** Waits until the permit comes; there is one taker, always the same thread. */
  void take() {
    taker = Thread.currentThread();
    while (!passed) {
      LockSupport.park(this);
    }
    passed = false;
  }
}
