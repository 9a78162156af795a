package io.meridiandb.kernel.system;

/** A fiber waited when its server was closed; it ends by this exception, which is not reported. */
public final class ServerClosedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ServerClosedException(String server) {
    super("server " + server + " has closed");
  }
}
