package io.meridiandb.kernel.system;

import java.io.IOException;

/** A data folder cannot be used; the message says why and what to do, for people. */
public final class DataFolderException extends IOException {
  private static final long serialVersionUID = 1;

  DataFolderException(String message) {
    super(message);
  }

  DataFolderException(String message, Throwable cause) {
    super(message, cause);
  }
}
