package io.meridiandb.kernel.strand;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What the implementations of {@link Fibers} share. */
public final class Futures {
  private Futures() {}

  /**
   * The value of a future that is complete.
   *
   * @throws RuntimeException its failure, unwrapped; a checked one is wrapped in {@link
   *     CompletionException}
   */
  public static <T extends @Nullable Object> T result(CompletableFuture<T> complete) {
    try {
      return complete.join();
    } catch (CompletionException wrapped) {
      if (wrapped.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (wrapped.getCause() instanceof Error failure) {
        throw failure;
      }
      throw wrapped;
    }
  }
}
