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
   * Whether the server's disk has no room for more of the log: nothing that must be logged is begun
   * (SQLSTATE 53100), reads go on.
   */
  default boolean logFull() {
    return false;
  }

  /**
   * Runs {@code task} on the strand once TT.after(t); at once, before it returns, if that holds.
   */
  void whenPassed(Timestamp t, Runnable task);

  /** Runs {@code task} later on the strand, once TT.now().latest has reached {@code t}. */
  void whenReached(Timestamp t, Runnable task);

  /**
   * Until when this replica surely leads: no other leader assigns a timestamp at or below it
   * (protocol G8). {@link Timestamp#MIN} if it does not lead.
   */
  Timestamp leaseEnd();

  /** All later entries get timestamps above {@code floor}; it may lie beyond the lease (G8). */
  void raiseFloor(Timestamp floor);

  /**
   * The closed timestamp at this replica's applied index: no entry that is applied here later has a
   * timestamp at or below it (protocol C4, G20). At any kind of replica with data; {@link
   * Timestamp#MIN} if nothing is closed.
   */
  Timestamp closed();

  /**
   * A read at {@code t} has come and waits: asks whoever leads to close {@code t} now rather than
   * in its own time (protocol C4, READ-TIME). Only hastens what {@link #whenClosed} waits for.
   */
  default void askToClose(Timestamp t) {}

  /**
   * Runs {@code task} on the strand once {@link #closed} has reached {@code t}; at once, before it
   * returns, if it has. May never run if this replica falls behind for good.
   */
  void whenClosed(Timestamp t, Runnable task);
}
