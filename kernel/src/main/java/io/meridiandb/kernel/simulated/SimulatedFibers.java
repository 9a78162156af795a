package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Fibers;
import io.meridiandb.kernel.strand.Futures;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Fibers of one incarnation. */
final class SimulatedFibers implements Fibers {
  private final Incarnation home;

  SimulatedFibers(Incarnation home) {
    this.home = home;
  }

  @Override
  public void start(String name, Runnable body) {
    home.world().checkTurn();
    if (home.alive()) {
      new SimulatedFiber(home, name, body).start();
    }
  }

  @Override
  public <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration timeout) {
    SimulatedFiber self = current();
    home.checkAlive();
    if (!future.isDone()) {
      self.waitFor(future, SimulatedWorld.nanos(timeout));
      home.checkAlive();
    }
    if (!future.isDone()) {
      throw new AwaitTimeoutException(
          "fiber %s of %s waited %d ms in vain".formatted(self, home, timeout.toMillis()));
    }
    return Futures.result(future);
  }

  @Override
  public void sleep(Duration duration) {
    SimulatedFiber self = current();
    home.checkAlive();
    self.waitFor(new CompletableFuture<@Nullable Void>(), SimulatedWorld.nanos(duration));
    home.checkAlive();
  }

  private SimulatedFiber current() {
    SimulatedFiber self = home.world().currentFiber();
    if (self == null || self.home() != home) {
      throw new IllegalStateException(
          "only a fiber of %s may wait here; strands and other servers' fibers must not"
              .formatted(home));
    }
    return self;
  }
}
