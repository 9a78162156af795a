package io.meridiandb.placement.driver;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.placement.metadata.MoveRow;
import io.meridiandb.placement.metadata.Transactions;
import io.meridiandb.txn.LockMode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Moves that METADATA says this start of this server works at, while no fiber of it does. A move is
 * left over when its fiber ended with an error before the move's end was written: METADATA did not
 * answer, nobody could tell whether the transaction that wrote the move down was committed, or the
 * move before it in the same request failed. Nobody else sees to them as long as this server
 * answers, so it does itself: each error makes it look at METADATA, again and again until nothing
 * is left over. Callable from any fiber.
 */
final class Leftovers {
  private static final Duration LOOK_PAUSE = Duration.ofSeconds(1);
  private static final Duration LOOK_MAX = Duration.ofSeconds(10);

  private final Env env;
  private final Transactions transactions;
  private final Directories directories;

  /** How many errors there were since it was last seen that nothing is left over. */
  private final AtomicLong suspicions = new AtomicLong();

  Leftovers(Env env, Transactions transactions, Directories directories) {
    this.env = env;
    this.transactions = transactions;
    this.directories = directories;
  }

  /** Something went wrong, and moves of this server may be left over. Does not wait. */
  void suspect(RuntimeException why) {
    env.events().count("placement.move.failed", 1);
    env.events()
        .event(Level.DEBUG, "placement.driver", "moves may be left over: " + why.getMessage());
    if (suspicions.getAndIncrement() == 0) {
      env.fibers().start("placement-leftovers", this::lookUntilNothingIsLeft);
    }
  }

  private void lookUntilNothingIsLeft() {
    boolean over = false;
    while (!over) {
      long seen = suspicions.get();
      env.fibers().sleep(LOOK_PAUSE);
      over = nothingIsLeft() && suspicions.compareAndSet(seen, 0);
    }
  }

  private boolean nothingIsLeft() {
    List<MoveRow> left;
    try {
      left = transactions.read(LOOK_MAX, transaction -> MoveRow.all(transaction, LockMode.NONE));
    } catch (MeridianException e) {
      env.events().count("placement.move.unlooked", 1);
      return false;
    }
    boolean nothing = true;
    for (MoveRow move : left) {
      if (move.moving() && directories.isMine(move) && !directories.isRunning(move)) {
        nothing = false;
        resume(move);
      }
    }
    return nothing;
  }

  private void resume(MoveRow move) {
    try {
      directories.takeOver(move);
    } catch (MeridianException e) {
      env.events()
          .event(
              Level.WARNING,
              "placement.driver",
              "resumed move %d has failed: %s".formatted(move.info().id(), e.getMessage()));
    }
  }
}
