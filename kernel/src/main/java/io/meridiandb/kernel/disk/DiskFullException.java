package io.meridiandb.kernel.disk;

import java.io.IOException;

/** No room left while preallocating: the one disk error that is not final. */
public final class DiskFullException extends IOException {
  private static final long serialVersionUID = 1;

  public DiskFullException(String message) {
    super(message);
  }
}
