package io.meridiandb.wire.spi;

/**
 * Service provider by which {@code jdbc:meridian:mem:NAME} finds the engine on the class path
 * ({@link java.util.ServiceLoader}). The engine needs Java 25.
 */
public interface EmbeddedUniverse {
  /**
   * Opens a connection to the universe {@code name} of this JVM, starting it at the first one. It
   * stops when its last connection closes, unless it was opened to stay.
   *
   * @param name the part after {@code mem:}
   * @param listener takes the server's frames
   * @return the way to send frames
   */
  FrameChannel connect(String name, FrameChannel.Listener listener);
}
