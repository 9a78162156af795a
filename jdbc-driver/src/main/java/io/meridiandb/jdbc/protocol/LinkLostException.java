package io.meridiandb.jdbc.protocol;

/** The link to the server ended while an answer was waited for. */
public final class LinkLostException extends Exception {
  private static final long serialVersionUID = 1;

  LinkLostException(String reason) {
    super(reason);
  }

  /** One clause that says how the link ended, for a message. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
