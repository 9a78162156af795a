package io.meridiandb.txn.participant;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a participant needs of its group's replica. Used on the group's strand. */
public interface Replication {
  /**
   * Whether this replica leads now: its lease is valid by TrueTime, and the entry that began its
   * leadership is chosen and applied (protocol G4). Stale as soon as it is returned.
   */
  boolean leading();

  /** Who leads, as far as known; null if not. */
  @Nullable ServerId leaderHint();

  /** TT.now(). */
  TTInterval now();

  /**
   * Promises that no later entry gets a timestamp at or below {@code t} (protocol G19).
   *
   * @param t at most TT.now().latest
   * @return false, and nothing is promised, if the lease does not reach so far
   */
  boolean raise(Timestamp t);

  /**
   * Appends an entry.
   *
   * @param entry makes the bytes for the timestamp assigned at append; called at most once, on the
   *     strand
   * @return completes on the strand with the entry's index when it is chosen; fails if it is not
   *     known whether it ever will be, or if it was not appended (then {@code entry} was not
   *     called)
   */
  CompletableFuture<Long> propose(Function<Timestamp, byte[]> entry);

  /**
   * Runs {@code task} on the strand once TT.after(t); at once, before it returns, if that holds.
   */
  void whenPassed(Timestamp t, Runnable task);

  /** Runs {@code task} later on the strand, once TT.now().latest has reached {@code t}. */
  void whenReached(Timestamp t, Runnable task);
}
