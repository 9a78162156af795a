package io.meridiandb.spanserver.tablet;

/** A tablet's files were written by a newer version: nothing is wrong with them. */
public final class TabletTooNewException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TabletTooNewException(String message) {
    super(message);
  }
}
