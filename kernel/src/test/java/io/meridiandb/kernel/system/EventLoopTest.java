package io.meridiandb.kernel.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.strand.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Guards the threads of loops that may rest: no task is lost, none runs beside another. */
class EventLoopTest {
  private static final int TASKS = 10_000;

  private final SystemEvents events =
      new SystemEvents("test", System.getLogger("io.meridiandb.test"));

  private EventLoop loop(Duration restAfter) {
    return EventLoop.blocking("rests", restAfter, events, (where, error) -> {});
  }

  @Test
  void aLoopThatRestsAgainAndAgainRunsEveryTaskInItsOrder() throws Exception {
    try (EventLoop loop = loop(Duration.ofNanos(20_000))) {
      Strand strand = loop.strand("a");
      Random random = new Random(7);
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      List<Integer> ran = new ArrayList<>();
      for (int i = 0; i < TASKS; i++) {
        int number = i;
        strand.execute(() -> {
          ran.add(number);
          threads.add(Thread.currentThread());
        });
        if (random.nextInt(4) == 0) { // it comes about when the loop goes to rest
          CompletableFuture<Thread> last = new CompletableFuture<>();
          strand.execute(() -> last.complete(Thread.currentThread()));
          Thread runs = last.get(20, TimeUnit.SECONDS);
          if (random.nextInt(16) == 0) {
            assertThat(runs.join(Duration.ofSeconds(20))).as("it rests").isTrue();
          }
          long until = System.nanoTime() + 10_000 + random.nextInt(30_000);
          while (System.nanoTime() < until) {
            Thread.onSpinWait();
          }
        }
      }
      CompletableFuture<Boolean> current = new CompletableFuture<>();
      strand.execute(() -> current.complete(strand.isCurrent()));
      assertThat(current.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(ran).hasSize(TASKS).isSorted();
      assertThat(threads).as("it has rested").hasSizeGreaterThan(10);
    }
  }

  @Test
  void aLoopWithATimerDoesNotRest() throws Exception {
    try (EventLoop loop = loop(Duration.ofNanos(1))) {
      CompletableFuture<String> fired = new CompletableFuture<>();
      loop.strand("a").schedule(Duration.ofMillis(20), () -> fired.complete("well"));
      assertThat(fired.get(20, TimeUnit.SECONDS)).isEqualTo("well");
    }
  }
}
