package io.meridiandb.simulator.universe;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.simulator.invariant.Observer;
import io.meridiandb.simulator.invariant.Sight;
import io.meridiandb.wire.spi.FrameChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The assembled product on one simulated server. */
public interface SimulatedNode {
  /** Begins to start. */
  void start();

  /** Completes when it takes clients. */
  CompletableFuture<?> started();

  /** Completes, with the reason, when it cannot go on. */
  CompletableFuture<String> died();

  /** Whether it leads group 0 now. */
  default CompletableFuture<Boolean> leads() {
    return CompletableFuture.completedFuture(false);
  }

  /**
   * Hands one of the groups that it leads over to another full replica, both drawn.
   *
   * @return the group's number; below zero if it leads none that could be handed over
   */
  default long handOverOne(RandomSource random) {
    return -1;
  }

  /** Ends in order: hands leaderships over, takes no new clients. */
  default CompletableFuture<?> drain() {
    return CompletableFuture.completedFuture("");
  }

  /** Whether its clock is contradicted by so many that it has given up leading. */
  default CompletableFuture<Boolean> fenced() {
    return CompletableFuture.completedFuture(false);
  }

  /** How it is at this very moment; null if it cannot be seen or cannot go on. */
  default Sight.@Nullable Server peek() {
    return null;
  }

  /** A client has connected; returns what takes its frames. */
  FrameChannel.Listener connect(FrameChannel toClient);

  /** How the product is assembled: the real one, or a fake in tests of the simulator. */
  interface Assembly {
    /** Whether it is all of the product: several groups by placements, any minority may be lost. */
    default boolean isWhole() {
      return false;
    }

    /** The same, told to {@code observer} what passes between its parts, where it can be told. */
    default Assembly observedBy(Observer observer) {
      return this;
    }

    /** The same with sizes and times drawn, where it has any. */
    default Assembly tuned(RandomSource random) {
      return this;
    }

    /**
     * Puts a server together; nothing runs before {@link #start}.
     *
     * @param shape all servers, and where they stand
     * @param clockBound how far the server's clock may be off
     */
    SimulatedNode assemble(Env env, ServerIdentity self, Shape shape, Duration clockBound)
        throws IOException;
  }
}
