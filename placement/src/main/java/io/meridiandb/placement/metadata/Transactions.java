package io.meridiandb.placement.metadata;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.Gateway.Outcome;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs transactions of the placement's own: read-write ones again until they succeed, with their
 * age kept, so that the oldest wins in the end. Callable from any fiber.
 */
public final class Transactions {
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final int ATTEMPTS_MAX = 100;

  private final Env env;
  private final Gateway gateway;
  private final RandomSource random;
  private final AtomicLong begun = new AtomicLong();

  /** Runs transactions at {@code gateway}. */
  public Transactions(Env env, Gateway gateway) {
    this.env = env;
    this.gateway = gateway;
    this.random = env.random().fork("placement.transactions");
  }

  /** What a transaction does; may run several times. */
  public interface Body<T> {
    T run(Transaction transaction);
  }

  /** One read-write transaction's attempts. */
  public final class Attempts {
    private final long sessionHigh;
    private final long sessionLow;
    private final long sequence;
    private int attempt;
    private @Nullable Timestamp age;

    /** In a session of its own. */
    private Attempts() {
      RandomSource session = random.fork("session-" + begun.incrementAndGet());
      this.sessionHigh = session.nextLong();
      this.sessionLow = session.nextLong();
      this.sequence = 1;
    }

    /** In the same session as {@code before}, whose end is known. */
    private Attempts(Attempts before) {
      this.sessionHigh = before.sessionHigh;
      this.sessionLow = before.sessionLow;
      this.sequence = before.sequence + 1;
    }

    /**
     * Begins a further attempt; the one before is surely aborted.
     *
     * @param deadline how long it may wait for anything
     */
    public Transaction next(Duration deadline) {
      Timestamp first = age == null ? gateway.nowLatest() : age;
      age = first;
      return gateway.begin(
          new TxnId(sessionHigh, sessionLow, sequence, ++attempt),
          new TransactionOptions(false, (Timestamp) null, first, sequence - 1, deadline));
    }

    /** Whether an attempt that ended with {@code failure} was committed all the same. */
    public boolean committed(Transaction transaction, MeridianException failure) {
      if (failure.code() != ErrorCode.TRANSACTION_OUTCOME_UNKNOWN) {
        return false;
      }
      GroupId anchor = transaction.anchor();
      Outcome outcome = gateway.resolve(transaction.id(), anchor == null ? GroupId.ZERO : anchor);
      if (outcome == null || outcome instanceof Outcome.Expired) {
        throw failure;
      }
      return outcome instanceof Outcome.Committed;
    }
  }

  /**
   * Transactions in one session, one after the other: of these a group remembers how the last one
   * ended, of others how each did (protocol G14). For a fiber that writes every few seconds for
   * ever.
   */
  public final class Series {
    /** The one before, if its end is known. */
    private @Nullable Attempts before;

    private Series() {}

    /** See {@link Transactions#write}. */
    public <T> T write(Duration within, Body<T> body) {
      Attempts last = before;
      before = null;
      Attempts attempts = last == null ? new Attempts() : new Attempts(last);
      T result = Transactions.this.write(attempts, within, body);
      before = attempts;
      return result;
    }
  }

  /** A series of transactions that has not begun. */
  public Series series() {
    return new Series();
  }

  /** The attempts of one read-write transaction that the caller runs itself. */
  public Attempts attempts() {
    return new Attempts();
  }

  /**
   * Runs {@code body} in a read-write transaction and commits it.
   *
   * @param within how long all attempts together may take; after that the last failure is thrown
   */
  public <T> T write(Duration within, Body<T> body) {
    return write(new Attempts(), within, body);
  }

  private <T> T write(Attempts attempts, Duration within, Body<T> body) {
    long end = env.clocks().bootNanos() + within.toNanos();
    MeridianException last = new MeridianException(ErrorCode.UNAVAILABLE, "nothing was tried");
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
      Duration left = Duration.ofNanos(end - env.clocks().bootNanos());
      if (!left.isPositive()) {
        break;
      }
      Transaction transaction = attempts.next(left);
      List<T> result = new ArrayList<>(1);
      try {
        result.add(body.run(transaction));
        transaction.commit(SchemaVersion.EXEMPT);
        return result.getFirst();
      } catch (MeridianException e) {
        transaction.rollback();
        if (!result.isEmpty() && attempts.committed(transaction, e)) {
          return result.getFirst();
        }
        if (!e.code().retryable() && e.code() != ErrorCode.TRANSACTION_OUTCOME_UNKNOWN) {
          throw e;
        }
        last = e;
      } catch (RuntimeException e) {
        transaction.rollback();
        throw e;
      }
      env.fibers().sleep(PAUSE);
    }
    throw last;
  }

  /** As {@link #write} for what gives no result. */
  public void change(Duration within, Consumer<Transaction> body) {
    write(
        within,
        transaction -> {
          body.accept(transaction);
          return true;
        });
  }

  /** Runs {@code body} in a read-only transaction that sees all that is committed. */
  public <T> T read(Duration within, Body<T> body) {
    RandomSource session = random.fork("session-" + begun.incrementAndGet());
    return body.run(
        gateway.begin(
            new TxnId(session.nextLong(), session.nextLong(), 1, 1),
            TransactionOptions.strongRead(within)));
  }

  /** TT.now().latest. */
  public Timestamp nowLatest() {
    return gateway.nowLatest();
  }
}
