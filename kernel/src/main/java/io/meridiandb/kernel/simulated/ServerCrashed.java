package io.meridiandb.kernel.simulated;

/**
 * Thrown out of whatever a fiber does in the world after its server has crashed, so that the fiber
 * ends. An {@link Error}, so that code that catches exceptions to go on lets it pass.
 */
public final class ServerCrashed extends Error {
  private static final long serialVersionUID = 1;

  ServerCrashed(String server) {
    super(server + " has crashed", null, false, false);
  }
}
