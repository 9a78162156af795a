package io.meridiandb.bench.replication;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/**
 * The replicated log in the simulator: the same servers as in {@link LogCommand}, in virtual time
 * on one core. What it tells is how fast the simulator is where nothing but the protocol runs.
 */
public final class ProtocolRun {
  private static final Duration START_MAX = Duration.ofSeconds(60);

  /**
   * What a run gave.
   *
   * @param events of the simulated world
   * @param commands chosen
   * @param simulated how much virtual time passed
   * @param wallNanos how long it took
   */
  public record Figures(long events, long commands, Duration simulated, long wallNanos) {}

  private ProtocolRun() {}

  /**
   * Runs five servers with one group.
   *
   * @param inFlight commands always under way
   * @param length in virtual time
   */
  public static Figures run(long seed, int inFlight, Duration length) {
    LogServer.Shape shape = new LogServer.Shape(5, 1);
    try (SimulatedWorld world = new SimulatedWorld(seed)) {
      List<CompletableFuture<LogServer>> opening = new ArrayList<>();
      for (int id = 1; id <= shape.servers(); id++) {
        ServerId server = new ServerId(id);
        Env env = world.server(server);
        TrueTime trueTime = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
        ServerIdentity self = new ServerIdentity(LogServer.UNIVERSE, server, world.life(server));
        opening.add(LogServer.open(env, trueTime, self, shape, () -> {}));
      }
      world.runUntil(() -> opening.stream().allMatch(CompletableFuture::isDone), START_MAX);
      LogServer leader = opening.getFirst().join();
      world.runUntil(() -> leader.leadingNow() == 1, START_MAX);
      long before = world.events();
      Duration begin = world.elapsed();
      long start = System.nanoTime();
      CompletableFuture<Histogram> done =
          new LogLoad(leader.strand(), leader.first(), 200, () -> world.elapsed().toNanos())
              .start(inFlight, length);
      world.runUntil(done::isDone, length.multipliedBy(2));
      return new Figures(
          world.events() - before,
          done.join().getTotalCount(),
          world.elapsed().minus(begin),
          System.nanoTime() - start);
    }
  }
}
