package io.meridiandb.wire;

/** Limits of the SQL protocol; both ends refuse what lies beyond with a clear error. */
public final class WireLimits {
  /** Version of the protocol that this code speaks. */
  public static final int PROTOCOL = 1;

  /** Largest frame, in bytes. */
  public static final int FRAME_BYTES_MAX = 32 << 20;

  /** Largest statement text, in bytes of UTF-8. */
  public static final int STATEMENT_BYTES_MAX = 1 << 20;

  /** Most parameters of one statement. */
  public static final int PARAMETERS_MAX = 65_535;

  /**
   * Frames of rows that a server may send before it needs a credit, when the client asks for no
   * number.
   */
  public static final int CREDIT_FRAMES_DEFAULT = 8;

  /** Port that servers take clients on unless told otherwise. */
  public static final int SQL_PORT_DEFAULT = 7411;

  private WireLimits() {}
}
