package io.meridiandb.sql.session;

import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Fibers;
import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.sql.exec.ExecutionGuard;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** The request that a session is at: can be cancelled and given credit from other threads. */
final class RunningRequest {
  /** How long a client may leave a result untouched before it is given up. */
  private static final Duration CREDIT_TIMEOUT = Duration.ofMinutes(30);

  private final long number;
  private final ExecutionGuard guard;
  private final Duration timeout;
  private final boolean limited;
  private final ReentrantLock lock = new ReentrantLock();
  private long credit;
  private CompletableFuture<Boolean> change = new CompletableFuture<>();

  /**
   * A request that begins now.
   *
   * @param timeout how long it may take
   * @param credit Rows frames that may be sent; 0 is without limit
   */
  RunningRequest(long number, Clocks clocks, Duration timeout, int credit) {
    this.number = number;
    this.timeout = timeout;
    this.guard = new ExecutionGuard(clocks, timeout);
    this.limited = credit > 0;
    this.credit = credit;
  }

  long number() {
    return number;
  }

  Duration timeout() {
    return timeout;
  }

  ExecutionGuard guard() {
    return guard;
  }

  void cancel() {
    guard.cancel();
    changed(0);
  }

  void addCredit(int frames) {
    changed(frames);
  }

  private void changed(int frames) {
    CompletableFuture<Boolean> waiting;
    lock.lock();
    try {
      credit += frames;
      waiting = change;
      change = new CompletableFuture<>();
    } finally {
      lock.unlock();
    }
    waiting.complete(true);
  }

  /** Uses up one credit, waiting for one if need be. */
  void takeCredit(Fibers fibers) {
    if (!limited) {
      return;
    }
    while (true) {
      guard.check();
      CompletableFuture<Boolean> waiting;
      lock.lock();
      try {
        if (credit > 0) {
          credit--;
          return;
        }
        waiting = change;
      } finally {
        lock.unlock();
      }
      try {
        fibers.await(waiting, CREDIT_TIMEOUT);
      } catch (AwaitTimeoutException e) {
        throw new MeridianException(
            ErrorCode.QUERY_CANCELED, "the client has not read its result for too long", e);
      }
    }
  }
}
