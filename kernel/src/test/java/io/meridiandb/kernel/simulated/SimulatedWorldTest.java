package io.meridiandb.kernel.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Guards the simulator's promises: one thread at a time, virtual time, death at a crash. */
class SimulatedWorldTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void aStrandRunsItsTasksInTheirOrder() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Strand strand = world.server(ONE).strands().create("a");
      List<Integer> ran = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        int number = i;
        strand.execute(() -> ran.add(number));
      }
      world.runFor(SECOND);
      assertThat(ran).hasSize(100).isSorted();
    }
  }

  @Test
  void tasksOfTwoStrandsAreMixedByTheSeed() {
    assertThat(List.of(mix(1), mix(2), mix(3), mix(4))).doesNotHaveDuplicates();
    assertThat(mix(1)).isEqualTo(mix(1));
  }

  private static String mix(long seed) {
    try (SimulatedWorld world = new SimulatedWorld(seed)) {
      StringBuilder ran = new StringBuilder();
      for (String name : List.of("a", "b", "c")) {
        Strand strand = world.server(ONE).strands().create(name);
        for (int i = 0; i < 20; i++) {
          strand.execute(() -> ran.append(name));
        }
      }
      world.runFor(SECOND);
      return ran.toString();
    }
  }

  @Test
  void timersFireAtTheirVirtualTimeAndNotOnceCancelled() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Strand strand = world.server(ONE).strands().create("a");
      List<Duration> fired = new ArrayList<>();
      strand.schedule(Duration.ofHours(1), () -> fired.add(world.elapsed()));
      Timer cancelled = strand.schedule(SECOND, () -> fired.add(Duration.ZERO));
      strand.execute(cancelled::cancel);
      world.runFor(Duration.ofHours(2));
      assertThat(fired).containsExactly(Duration.ofHours(1));
      assertThat(world.elapsed()).isEqualTo(Duration.ofHours(2));
    }
  }

  @Test
  void aServerThatHasEndedLeavesNothingInTheQueue() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      int before = world.queue().coming();
      Strand strand = world.server(ONE).strands().create("a");
      strand.schedule(Duration.ofHours(1), () -> {});
      strand.schedule(Duration.ofHours(2), () -> {}).cancel();
      world.kill(ONE);
      world.runFor(SECOND);
      assertThat(world.queue().coming()).isEqualTo(before);
    }
  }

  @Test
  void whatIsCancelledLeavesTheQueueBeforeItsTime() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Strand strand = world.server(ONE).strands().create("a");
      strand.schedule(Duration.ofHours(1), () -> {});
      for (int i = 0; i < 10_000; i++) {
        strand.schedule(Duration.ofHours(1), () -> {}).cancel();
      }
      assertThat(world.queue().coming()).isLessThan(1_100);
      world.runFor(Duration.ofHours(2));
      assertThat(world.queue().coming()).isZero();
    }
  }

  @Test
  void timersOfOneStrandAndInstantKeepTheirOrder() {
    for (long seed = 0; seed < 20; seed++) {
      try (SimulatedWorld world = new SimulatedWorld(seed)) {
        Strand strand = world.server(ONE).strands().create("a");
        List<Integer> fired = new ArrayList<>();
        List<Timer> timers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          int number = i;
          timers.add(strand.schedule(SECOND, () -> fired.add(number)));
        }
        strand.schedule(SECOND, () -> timers.get(19).cancel());
        strand.schedule(SECOND.multipliedBy(2), () -> fired.add(100));
        timers.get(7).cancel();
        world.runFor(SECOND);
        assertThat(fired).isSorted().doesNotContain(7, 100).hasSizeBetween(18, 19);
        world.runFor(SECOND);
        assertThat(fired.getLast()).isEqualTo(100);
      }
    }
  }

  @Test
  void aFiberWaitsInVirtualTimeForWhatAStrandDoes() throws Exception {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Env env = world.server(ONE);
      Strand strand = env.strands().create("a");
      CompletableFuture<String> answer = new CompletableFuture<>();
      strand.schedule(Duration.ofMinutes(5), () -> answer.complete("done"));
      String got = world.call(ONE, () -> env.fibers().await(answer, Duration.ofMinutes(6)));
      assertThat(got).isEqualTo("done");
      assertThat(world.elapsed()).isEqualTo(Duration.ofMinutes(5));
      assertThatThrownBy(
              () -> world.call(ONE, () -> env.fibers().await(new CompletableFuture<>(), SECOND)))
          .isInstanceOf(AwaitTimeoutException.class);
    }
  }

  @Test
  void anAwaitedFailureComesOutUnwrapped() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Env env = world.server(ONE);
      CompletableFuture<Void> failed =
          CompletableFuture.failedFuture(new ArithmeticException("no"));
      assertThatThrownBy(() ->
              world.call(
                  ONE, () -> env.fibers().await(failed.thenApply(nothing -> nothing), SECOND)))
          .isInstanceOf(ArithmeticException.class);
    }
  }

  @Test
  void aStrandMustNotWait() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Env env = world.server(ONE);
      env.strands()
          .create("a")
          .execute(() -> env.fibers().await(new CompletableFuture<>(), SECOND));
      world.runFor(SECOND);
      assertThat(world.failures()).hasSize(1);
      assertThat(world.failures().getFirst().cause()).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void nothingOfACrashedServerEverRunsAgain() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Env env = world.server(ONE);
      Strand strand = env.strands().create("a");
      List<String> ran = new ArrayList<>();
      strand.schedule(SECOND, () -> ran.add("timer"));
      env.fibers()
          .start(
              "sleeper",
              () -> {
                try {
                  env.fibers().sleep(SECOND);
                  ran.add("fiber");
                } catch (RuntimeException e) {
                  ran.add("caught");
                } finally {
                  ran.add("unwound");
                  strand.execute(() -> ran.add("task of the dead"));
                }
              });
      world.runFor(Duration.ofMillis(500));
      world.crash(ONE);
      assertThatThrownBy(() -> world.server(ONE)).isInstanceOf(IllegalStateException.class);
      Env second = world.restart(ONE);
      second.strands().create("a").execute(() -> ran.add("second life"));
      world.runFor(Duration.ofSeconds(3));
      assertThat(ran).containsExactlyInAnyOrder("unwound", "second life");
      assertThat(world.fibersUnwound()).isEqualTo(1);
    }
  }

  @Test
  void aPausedServerGoesOnLaterInItsOldOrder() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Strand strand = world.server(ONE).strands().create("a");
      List<Long> fired = new ArrayList<>();
      for (int i = 1; i <= 5; i++) {
        long number = i;
        strand.schedule(Duration.ofMillis(i), () -> fired.add(number));
      }
      world.pause(ONE, SECOND);
      world.runFor(Duration.ofMillis(999));
      assertThat(fired).isEmpty();
      world.runFor(Duration.ofMillis(2));
      assertThat(fired).containsExactly(1L, 2L, 3L, 4L, 5L);
    }
  }

  @Test
  void anEndlessLoopAtOneInstantIsReported() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Strand strand = world.server(ONE).strands().create("busy");
      strand.execute(new Spin(strand));
      assertThatThrownBy(() -> world.runFor(SECOND)).hasMessageContaining("busy");
      world.crash(ONE);
    }
  }

  private record Spin(Strand strand) implements Runnable {
    @Override
    public void run() {
      strand.execute(this);
    }
  }

  @Test
  void theWatchdogNamesWhoBlocksOutsideOfFibers() {
    CountDownLatch never = new CountDownLatch(1);
    SimulatedWorld world = new SimulatedWorld(1);
    world.watchdog(Duration.ofMillis(200));
    world
        .server(ONE)
        .fibers()
        .start(
            "culprit",
            () -> {
              try {
                never.await(20, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThatThrownBy(() -> world.runFor(SECOND)).hasMessageContaining("culprit");
    never.countDown();
  }

  @Test
  void aThreadOfItsOwnIsRefused() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Env env = world.server(ONE);
      Strand strand = env.strands().create("a");
      strand.execute(() -> {
        Thread foreign = new Thread(() -> strand.execute(() -> {}), "foreign");
        foreign.setUncaughtExceptionHandler((thread, failure) -> {});
        foreign.start();
        try {
          foreign.join();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      });
      assertThatThrownBy(() -> world.runFor(SECOND)).hasMessageContaining("foreign");
    }
  }

  @Test
  void clocksStayWithinTheirBoundAndNeverGoBack() {
    try (SimulatedWorld world = new SimulatedWorld(7)) {
      Env env = world.server(ONE);
      long last = env.clocks().bootNanos();
      long widest = 0;
      for (int i = 0; i < 1000; i++) {
        world.runFor(Duration.ofMillis(777));
        long error = env.clocks().wallNanos() - world.trueTime().nanos();
        widest = Math.max(widest, Math.abs(error));
        assertThat(env.clocks().bootNanos()).isGreaterThan(last);
        last = env.clocks().bootNanos();
      }
      assertThat(widest).isBetween(1_000_000L, SimulatedWorld.CLOCK_BOUND.toNanos());
      assertThat(env.clocks().bootId()).isNotEqualTo(world.server(TWO).clocks().bootId());
    }
  }

  @Test
  void aClockThatIsSlewedGoesOnFromWhereItIsWithinItsBound() {
    try (SimulatedWorld world = new SimulatedWorld(7)) {
      Env env = world.server(ONE);
      world.runFor(Duration.ofSeconds(5));
      long before = env.clocks().wallNanos();
      long boot = env.clocks().bootNanos();
      world.clocks(ONE).slew(100_000); // a tenth: from end to end of its bound in 40 ms
      assertThat(env.clocks().wallNanos()).isEqualTo(before);
      assertThat(env.clocks().bootNanos()).isEqualTo(boot);
      long most = 0;
      for (int i = 0; i < 80; i++) {
        world.runFor(Duration.ofMillis(1));
        most = Math.max(most, env.clocks().wallNanos() - world.trueTime().nanos());
        assertThat(Math.abs(env.clocks().wallNanos() - world.trueTime().nanos()))
            .isLessThanOrEqualTo(SimulatedWorld.CLOCK_BOUND.toNanos());
      }
      assertThat(most).isGreaterThan(1_900_000L);
    }
  }
}
