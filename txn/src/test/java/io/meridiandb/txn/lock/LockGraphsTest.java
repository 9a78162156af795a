package io.meridiandb.txn.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.TxnId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random transactions over few keys, against a naive model: no two conflicting locks are ever held
 * together, a wounded transaction never commits, and everybody comes to an end (reliability T43: no
 * deadlock in 10^5 random lock graphs; starvation would show as a run without end).
 */
class LockGraphsTest {
  private static final int GRAPHS = 120_000;
  private static final int KEYS = 12;
  private static final int STEPS_MAX = 2_000;

  /** One transaction of a graph: takes its locks one after another, then commits. */
  private final class Actor implements LockWaiter {
    final LockOwner owner;
    final List<LockWish> plan = new ArrayList<>();
    final List<LockWish> held = new ArrayList<>();
    int next;
    long grant;
    boolean waits;
    boolean sealed;
    boolean done;

    Actor(int number, SplittableRandom random) {
      this.owner = new LockOwner(new Timestamp(random.nextInt(3)), new TxnId(0, 0, number, 1));
      int locks = 1 + random.nextInt(4);
      for (int i = 0; i < locks; i++) {
        int from = random.nextInt(KEYS);
        int to = from + 1 + random.nextInt(random.nextBoolean() ? 1 : 4);
        KeyRange range = new KeyRange(key(from), random.nextInt(20) == 0 ? null : key(to));
        plan.add(new LockWish(range, random.nextBoolean() ? LockMode.SHARED : LockMode.EXCLUSIVE));
      }
    }

    @Override
    public void granted() {
      waits = false;
      assertThat(table.holds(owner.id(), grant)).isTrue();
      LockWish wish = plan.get(next++);
      for (Actor other : actors) {
        if (other != this) {
          assertThat(other.held).noneMatch(lock -> conflict(lock, wish));
        }
      }
      held.add(wish);
    }

    @Override
    public void dropped(LockLoss loss) {
      restart();
    }

    void restart() {
      assertThat(sealed).isFalse();
      waits = false;
      next = 0;
      held.clear();
    }

    void step(SplittableRandom random) {
      if (next < plan.size()) {
        waits = true;
        grant = table.open(owner, 0);
        table.acquire(owner.id(), List.of(plan.get(next)), this);
      } else if (!sealed) {
        table.seal(owner.id());
        sealed = true;
      } else if (random.nextBoolean()) {
        done = true;
        held.clear();
        table.close(owner.id());
      }
    }
  }

  private LockTable table = new LockTable(this::lost);
  private final List<Actor> actors = new ArrayList<>();

  private static Key key(int value) {
    return Key.of(new byte[] {(byte) value});
  }

  private static boolean conflict(LockWish a, LockWish b) {
    return (a.mode() == LockMode.EXCLUSIVE || b.mode() == LockMode.EXCLUSIVE)
        && a.range().overlaps(b.range());
  }

  private void lost(TxnId id, LockLoss loss) {
    for (Actor actor : actors) {
      if (actor.owner.id().equals(id)) {
        actor.restart();
      }
    }
  }

  @Test
  void everyGraphComesToAnEndWithoutConflict() {
    SplittableRandom random = new SplittableRandom(7);
    for (int graph = 0; graph < GRAPHS; graph++) {
      run(graph, random);
    }
  }

  private void run(int graph, SplittableRandom random) {
    table = new LockTable(this::lost);
    actors.clear();
    int count = 2 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      actors.add(new Actor(i, random));
    }
    for (int step = 0; step < STEPS_MAX; step++) {
      Actor actor = pick(random);
      if (actor == null) {
        assertThat(actors).as("graph %s: deadlock", graph).allMatch(each -> each.done);
        assertThat(table.segmentCount()).isZero();
        return;
      }
      actor.step(random);
    }
    throw new AssertionError("graph " + graph + " has no end");
  }

  /** Anyone who can do something; null if nobody can. */
  private @Nullable Actor pick(SplittableRandom random) {
    List<Actor> able = new ArrayList<>();
    for (Actor actor : actors) {
      if (!actor.done && !actor.waits) {
        able.add(actor);
      }
    }
    return able.isEmpty() ? null : able.get(random.nextInt(able.size()));
  }
}
