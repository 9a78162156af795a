package io.meridiandb.kernel.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Transport;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Guards the contracts of Strand, Timer, Fibers, Clocks and Events in production. */
class SystemEnvTest {
  private static final ServerId ONE = new ServerId(1);
  private final List<String> fatal = new CopyOnWriteArrayList<>();
  private final SystemEvents events =
      new SystemEvents("test", System.getLogger("io.meridiandb.test"));
  private static final Transport NOWHERE =
      new Transport() {
        @Override
        public void send(ServerId to, Lane lane, byte[] frame) {
          throw new IllegalStateException("no network in this test");
        }

        @Override
        public void listen(Receiver receiver) {
          throw new IllegalStateException("no network in this test");
        }
      };
  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void tasksOfOneStrandRunOneAfterAnotherInTheirOrder() throws Exception {
    try (SystemEnv system = create(2)) {
      Env env = system.env();
      for (Strand strand : List.of(env.strands().create("a"), env.strands().createBlocking("b"))) {
        List<Integer> ran = new ArrayList<>();
        CompletableFuture<Boolean> current = new CompletableFuture<>();
        for (int i = 0; i < 10_000; i++) {
          int number = i;
          strand.execute(() -> ran.add(number));
        }
        strand.execute(() -> current.complete(strand.isCurrent()));
        assertThat(current.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(strand.isCurrent()).isFalse();
        assertThat(ran).hasSize(10_000).isSorted();
      }
    }
  }

  @Test
  void timersFireInTheirOrderAndNotOnceCancelled() throws Exception {
    try (SystemEnv system = create(1)) {
      Strand strand = system.env().strands().create("a");
      List<String> fired = new ArrayList<>();
      CompletableFuture<List<String>> done = new CompletableFuture<>();
      Timer cancelled = strand.schedule(Duration.ofMillis(10), () -> fired.add("cancelled"));
      strand.schedule(Duration.ofMillis(40), () -> done.complete(fired));
      strand.schedule(Duration.ofMillis(20), () -> fired.add("second"));
      strand.schedule(Duration.ofMillis(1), () -> fired.add("first"));
      strand.execute(cancelled::cancel);
      assertThat(done.get(20, TimeUnit.SECONDS)).containsExactly("first", "second");
    }
  }

  @Test
  void manyCancelledTimersAreSweptOut() throws Exception {
    try (SystemEnv system = create(1)) {
      Strand strand = system.env().strands().create("a");
      AtomicInteger fired = new AtomicInteger();
      for (int i = 0; i < 5_000; i++) {
        strand.schedule(LONG, fired::incrementAndGet).cancel();
      }
      CompletableFuture<Integer> done = new CompletableFuture<>();
      strand.schedule(Duration.ofMillis(5), () -> done.complete(fired.get()));
      assertThat(done.get(20, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void aFailingTaskIsReportedAndTheStrandGoesOn() throws Exception {
    try (SystemEnv system = create(1)) {
      Strand strand = system.env().strands().create("a");
      CompletableFuture<String> done = new CompletableFuture<>();
      strand.execute(() -> {
        throw new IllegalStateException("planned by the test");
      });
      strand.execute(() -> done.complete("on"));
      assertThat(done.get(20, TimeUnit.SECONDS)).isEqualTo("on");
      assertThat(events.counters()).containsEntry("failures", 1L);
    }
  }

  @Test
  void aFiberWaitsForAFutureOrItsTimeOut() throws Exception {
    try (SystemEnv system = create(1)) {
      Env env = system.env();
      CompletableFuture<String> value = new CompletableFuture<>();
      CompletableFuture<String> got = new CompletableFuture<>();
      env.fibers().start("f", () -> got.complete(env.fibers().await(value, LONG)));
      env.strands().create("a").execute(() -> value.complete("yes"));
      assertThat(got.get(20, TimeUnit.SECONDS)).isEqualTo("yes");
      assertThatThrownBy(() -> env.fibers().await(new CompletableFuture<>(), Duration.ofMillis(5)))
          .isInstanceOf(AwaitTimeoutException.class);
      CompletableFuture<Void> failed =
          CompletableFuture.failedFuture(new ArithmeticException("no"));
      assertThatThrownBy(() -> env.fibers().await(failed.thenApply(n -> n), LONG))
          .isInstanceOf(ArithmeticException.class);
    }
  }

  @Test
  void aStoppedServerEndsItsSleepers() throws Exception {
    SystemEnv system = create(1);
    Env env = system.env();
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    CompletableFuture<String> started = new CompletableFuture<>();
    env.fibers()
        .start(
            "sleeper",
            () -> {
              started.complete("on");
              try {
                env.fibers().sleep(LONG);
              } catch (ServerClosedException e) {
                ended.complete(e);
              }
            });
    started.get(20, TimeUnit.SECONDS);
    system.close();
    assertThat(ended.get(10, TimeUnit.SECONDS)).hasMessageContaining("closed");
    assertThatThrownBy(() -> env.fibers().sleep(LONG)).isInstanceOf(ServerClosedException.class);
  }

  @Test
  void theBootClockRunsAndIsSharedByTheWholeHost() {
    SystemClocks one = new SystemClocks();
    SystemClocks two = new SystemClocks();
    long a = one.bootNanos();
    long b = two.bootNanos();
    long c = one.bootNanos();
    if (!java.nio.file.Files.exists(java.nio.file.Path.of("/proc/sys/kernel/random/boot_id"))) {
      return; // not Linux: each object has a clock of its own
    }
    assertThat(one.bootId()).isEqualTo(two.bootId()).hasSize(36);
    assertThat(a).isPositive().isLessThanOrEqualTo(b);
    assertThat(b).isLessThanOrEqualTo(c);
    assertThat(one.wallNanos()).isGreaterThan(1_700_000_000_000_000_000L);
  }

  @Test
  void framesOfOneJvmAreCopiedAndReachOnlyListeners() throws Exception {
    try (LocalNetwork network = new LocalNetwork(events, FatalErrors.HALT)) {
      ServerId two = new ServerId(2);
      Transport one = network.transport(ONE);
      CompletableFuture<String> first = new CompletableFuture<>();
      CompletableFuture<String> second = new CompletableFuture<>();
      byte[] frame = {1};
      one.send(two, Lane.DATA, frame);
      network
          .transport(two)
          .listen((from, bytes) -> {
            bytes[0]++;
            first.complete(from + ":" + bytes[0] + " on " + Thread.currentThread().getName());
          });
      one.send(two, Lane.DATA, frame);
      assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("server-1:2 on local-network");
      assertThat(frame).containsExactly(1);
      network.remove(two);
      network.transport(two).listen((from, bytes) -> second.complete("again"));
      one.send(two, Lane.CONTROL, frame);
      assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("again");
    }
  }

  @Test
  void aReceiverNeverRunsInsideASend() throws Exception {
    try (LocalNetwork network = new LocalNetwork(events, FatalErrors.HALT)) {
      Transport self = network.transport(ONE);
      CompletableFuture<List<String>> done = new CompletableFuture<>();
      List<String> order = new ArrayList<>();
      self.listen((from, bytes) -> {
        order.add("begin " + bytes[0]);
        if (bytes[0] < 3) {
          self.send(ONE, Lane.DATA, new byte[] {(byte) (bytes[0] + 1)});
        }
        order.add("end " + bytes[0]);
        if (bytes[0] == 3) {
          done.complete(order);
        }
      });
      self.send(ONE, Lane.DATA, new byte[] {1});
      assertThat(done.get(20, TimeUnit.SECONDS))
          .containsExactly("begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3");
    }
  }

  @Test
  void anErrorIsFatalAndAnExceptionIsNot() throws Exception {
    try (SystemEnv system = create(1)) {
      CompletableFuture<String> done = new CompletableFuture<>();
      Strand strand = system.env().strands().create("doomed");
      strand.execute(() -> {
        throw new StackOverflowError("planned by the test");
      });
      strand.execute(() -> done.complete("later"));
      done.get(20, TimeUnit.SECONDS);
      assertThat(fatal).containsExactly("strand.doomed");
    }
  }

  @Test
  void aStrandMustNotWaitButABlockingOneMay() throws Exception {
    try (SystemEnv system = create(1)) {
      Env env = system.env();
      CompletableFuture<String> refused = new CompletableFuture<>();
      env.strands()
          .create("a")
          .execute(() -> {
            try {
              env.fibers().sleep(Duration.ofMillis(1));
            } catch (IllegalStateException e) {
              refused.complete(e.getMessage());
            }
          });
      assertThat(refused.get(20, TimeUnit.SECONDS)).contains("a strand must not wait");
      CompletableFuture<String> slept = new CompletableFuture<>();
      env.strands()
          .createBlocking("b")
          .execute(() -> {
            env.fibers().sleep(Duration.ofMillis(1));
            slept.complete("well");
          });
      assertThat(slept.get(20, TimeUnit.SECONDS)).isEqualTo("well");
    }
  }

  @Test
  void randomSourcesOfOneNameDifferBetweenServers() {
    try (SystemEnv one = create(1);
        SystemEnv two = create(1)) {
      assertThat(one.env().random().fork("a").nextLong())
          .isNotEqualTo(two.env().random().fork("a").nextLong());
    }
  }

  private SystemEnv create(int loops) {
    return SystemEnv.create(
        "test", loops, NOWHERE, new MemoryDisk(), events, (where, error) -> fatal.add(where));
  }
}
