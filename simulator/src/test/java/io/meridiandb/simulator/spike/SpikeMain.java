package io.meridiandb.simulator.spike;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Prints the hashes of seeds A to B, and the figures of decision 0001. */
final class SpikeMain {
  private static final int ROUNDS = 200_000;

  private SpikeMain() {}

  public static void main(String[] arguments) throws Exception {
    long from = Long.parseLong(arguments[0]);
    long to = Long.parseLong(arguments[1]);
    long start = System.nanoTime();
    long events = 0;
    long plans = 0;
    for (long seed = from; seed <= to; seed++) {
      PlannerWorld.Result result = PlannerWorld.run(seed, Duration.ofSeconds(2));
      System.out.println("seed " + seed + " " + result);
      events += result.events();
      plans += result.plans();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.err.printf("%d events, %d plans in %.1f s%n", events, plans, seconds);
    for (int i = 0; i < 3; i++) {
      System.err.printf("%.2f us a hand-over to a fiber and back, with its two events%n", sleeps());
      System.err.printf("%.2f us a task of a strand%n", tasks());
    }
  }

  private static double sleeps() throws Exception {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      ServerId one = new ServerId(1);
      Env env = world.server(one);
      long start = System.nanoTime();
      world.call(
          one,
          () -> {
            for (int i = 0; i < ROUNDS; i++) {
              env.fibers().sleep(Duration.ofNanos(1));
            }
            return "";
          });
      return (System.nanoTime() - start) / 1e3 / ROUNDS;
    }
  }

  private static double tasks() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Strand strand = world.server(new ServerId(1)).strands().create("core");
      CompletableFuture<String> done = new CompletableFuture<>();
      long start = System.nanoTime();
      strand.execute(
          new Runnable() {
            private int left = 5 * ROUNDS;

            @Override
            public void run() {
              if (--left == 0) {
                done.complete("");
              } else {
                strand.schedule(Duration.ofNanos(1), this);
              }
            }
          });
      world.runUntil(done::isDone, Duration.ofMinutes(1));
      return (System.nanoTime() - start) / 1e3 / (5 * ROUNDS);
    }
  }
}
