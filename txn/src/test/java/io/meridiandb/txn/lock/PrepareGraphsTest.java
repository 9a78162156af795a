package io.meridiandb.txn.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.lock.LockTable.Manner;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Random transactions over the lock tables of three groups: some are prepared in several of them at
 * once, some commit in one. Nobody may wait for ever (protocol G21, attack 33), without anybody who
 * looks at more than one table.
 */
class PrepareGraphsTest {
  private static final int TABLES = 3;
  private static final int KEYS = 4;
  private static final int GRAPHS = 20_000;
  private static final int STEPS_MAX = 2_000;

  private enum State {
    IDLE,
    WAITS,
    HELD
  }

  /** A transaction: what it wants in each table. */
  private final class Actor {
    final LockOwner owner;
    final List<List<LockWish>> wishes = new ArrayList<>();
    final State[] states = new State[TABLES];
    boolean done;

    Actor(int number, SplittableRandom random) {
      owner = new LockOwner(new Timestamp(random.nextInt(3)), new TxnId(0, 0, number, 1));
      for (int i = 0; i < TABLES; i++) {
        List<LockWish> here = new ArrayList<>();
        for (int n = random.nextInt(3); n > 0; n--) {
          Key key = Key.of(new byte[] {(byte) random.nextInt(KEYS)});
          here.add(
              new LockWish(
                  KeyRange.point(key),
                  random.nextInt(3) == 0 ? LockMode.SHARED : LockMode.EXCLUSIVE));
        }
        wishes.add(here);
      }
      reset();
    }

    boolean several() {
      return wishes.stream().filter(here -> !here.isEmpty()).count() > 1;
    }

    void reset() {
      for (int i = 0; i < TABLES; i++) {
        states[i] = wishes.get(i).isEmpty() ? State.HELD : State.IDLE;
      }
    }

    /** Everything that it can still begin, and its end if it has everything. */
    List<Runnable> able() {
      List<Runnable> able = new ArrayList<>();
      boolean all = true;
      for (int i = 0; i < TABLES; i++) {
        int at = i;
        if (states[i] == State.IDLE) {
          able.add(() -> begin(at));
        }
        all &= states[i] == State.HELD;
      }
      if (all) {
        able.add(this::end);
      }
      return able;
    }

    void begin(int at) {
      states[at] = State.WAITS;
      LockTable table = tables.get(at);
      table.open(owner, 0);
      table.acquire(
          owner.id(),
          wishes.get(at),
          several() ? manner : Manner.WAITING,
          new LockWaiter() {
            @Override
            public void granted() {
              states[at] = State.HELD;
              if (several()) {
                table.sealPrepared(owner.id());
              } else {
                table.seal(owner.id());
              }
            }

            @Override
            public void dropped(LockLoss loss) {
              if (loss != LockLoss.CLOSED) {
                restart.add(Actor.this);
              }
            }
          });
    }

    void end() {
      done = true;
      tables.forEach(table -> table.close(owner.id()));
    }

    /** One no is enough: it is aborted everywhere and begins anew, with its age. */
    void abort() {
      tables.forEach(table -> table.close(owner.id()));
      reset();
    }
  }

  private final List<LockTable> tables = new ArrayList<>();
  private final List<Actor> actors = new ArrayList<>();
  private final List<Actor> restart = new ArrayList<>();
  private Manner manner = Manner.PREPARING;

  @Test
  void nobodyWaitsForEver() {
    assertThat(deadlocks(GRAPHS)).isZero();
  }

  @Test
  void ifPreparesWaitedForOlderOnesSomeWouldWaitForEver() {
    manner = Manner.WAITING;
    assertThat(deadlocks(GRAPHS / 10)).isPositive();
  }

  private int deadlocks(int graphs) {
    SplittableRandom random = new SplittableRandom(7);
    int deadlocks = 0;
    for (int graph = 0; graph < graphs; graph++) {
      deadlocks += run(random) ? 0 : 1;
    }
    return deadlocks;
  }

  /** Whether all come to an end. */
  private boolean run(SplittableRandom random) {
    tables.clear();
    actors.clear();
    restart.clear();
    for (int i = 0; i < TABLES; i++) {
      tables.add(new LockTable((id, loss) -> {}));
    }
    for (int i = 2 + random.nextInt(5); i > 0; i--) {
      actors.add(new Actor(i, random));
    }
    for (int step = 0; step < STEPS_MAX; step++) {
      while (!restart.isEmpty()) {
        restart.removeFirst().abort();
      }
      List<Runnable> able = new ArrayList<>();
      for (Actor actor : actors) {
        if (!actor.done) {
          able.addAll(actor.able());
        }
      }
      if (able.isEmpty()) {
        return actors.stream().allMatch(actor -> actor.done);
      }
      able.get(random.nextInt(able.size())).run();
    }
    throw new AssertionError("a graph without end");
  }
}
