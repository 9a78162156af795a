package io.meridiandb.spanserver.tablet;

/**
 * A tablet's files are not what was written. Nothing of them is served: the replica must be rebuilt
 * from another one (reliability G.3).
 */
public final class TabletDamagedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TabletDamagedException(String message) {
    super(message);
  }
}
