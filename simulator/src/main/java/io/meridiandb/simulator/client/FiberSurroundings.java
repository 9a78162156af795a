package io.meridiandb.simulator.client;

import io.meridiandb.jdbc.link.Surroundings;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Fibers;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Time, randomness and waiting of the JDBC driver in a simulated world: a fiber that waits for an
 * answer hands its turn back, and virtual time passes.
 */
public class FiberSurroundings implements Surroundings {
  private static final Duration FOR_EVER = Duration.ofDays(365);

  private final SimulatedWorld world;
  private final RandomSource random;
  private final Supplier<Fibers> fibers;
  private CompletableFuture<@Nullable Void> news = new CompletableFuture<>();

  /**
   * Of callers in one world.
   *
   * @param fibers those that the caller's fiber is one of
   */
  public FiberSurroundings(SimulatedWorld world, RandomSource random, Supplier<Fibers> fibers) {
    this.world = world;
    this.random = random;
    this.fibers = fibers;
  }

  /** What a connection of the driver is to tell of frames, so that who waits here hears of it. */
  public final FrameChannel.Listener telling(FrameChannel.Listener listener) {
    return new FrameChannel.Listener() {
      @Override
      public void frame(byte[] frame) {
        listener.frame(frame);
        tell();
      }

      @Override
      public void closed(String reason) {
        listener.closed(reason);
        tell();
      }
    };
  }

  private void tell() {
    CompletableFuture<@Nullable Void> told = news;
    news = new CompletableFuture<>();
    told.complete(null);
  }

  /** Waits until something that the driver was told has made a condition true, or so long. */
  protected void waitFor(BooleanSupplier done, Duration timeout) {
    long deadline = nanoTime() + timeout.toNanos();
    while (!done.getAsBoolean() && nanoTime() < deadline) {
      try {
        fibers.get().await(news, Duration.ofNanos(deadline - nanoTime()));
      } catch (AwaitTimeoutException e) {
        return; // the time is over; the caller looks once more
      }
    }
  }

  /** Lets time pass. */
  protected void sleep(Duration length) {
    fibers.get().sleep(length);
  }

  @Override
  public final long nanoTime() {
    return world.elapsed().toNanos();
  }

  @Override
  public final long randomLong() {
    return random.nextLong();
  }

  @Override
  public final <T> @Nullable T take(BlockingQueue<T> queue, long nanos) {
    waitFor(() -> !queue.isEmpty(), nanos < 0 ? FOR_EVER : Duration.ofNanos(nanos));
    return queue.poll();
  }

  @Override
  public final boolean pause(long millis) {
    sleep(Duration.ofMillis(millis));
    return !Thread.currentThread().isInterrupted();
  }
}
