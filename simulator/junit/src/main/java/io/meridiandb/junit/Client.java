package io.meridiandb.junit;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A client thread that {@link LiveUniverse#client} has started. */
public final class Client {
  /** What a client does; it may throw what it likes. */
  public interface Body {
    /** Runs on the client's thread, which the universe hands the turn. */
    void run() throws Exception;
  }

  private final String name;
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
  private final LiveUniverse universe;

  Client(String name, LiveUniverse universe) {
    this.name = name;
    this.universe = universe;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Whether its body has returned or thrown. */
  public boolean hasEnded() {
    return ended.isDone();
  }

  CompletableFuture<@Nullable Void> ended() {
    return ended;
  }

  /**
   * Lets virtual time run until the client has ended.
   *
   * @throws AssertionError what the body threw, if that was one, or with it as its cause
   */
  public void join() {
    universe.join(this);
  }

  @Override
  public String toString() {
    return name;
  }
}
