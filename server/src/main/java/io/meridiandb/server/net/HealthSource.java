package io.meridiandb.server.net;

/** Who knows how a server is. */
@FunctionalInterface
public interface HealthSource {
  /** The stages of a server's life; only READY answers with status 200. */
  enum State {
    STARTING,
    WARMING,
    READY,
    DRAINING,
    SICK
  }

  /**
   * How the server is.
   *
   * @param state the stage
   * @param json an object for {@code /health}, with the state in it
   */
  record Health(State state, String json) {}

  /** How the server is now; called on the HTTP thread, must not block. */
  Health health();
}
