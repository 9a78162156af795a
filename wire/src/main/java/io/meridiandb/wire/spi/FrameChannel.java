package io.meridiandb.wire.spi;

/**
 * One open connection as seen by either end: a pipe for encoded {@code ClientFrame}s one way and
 * {@code ServerFrame}s the other. The same interface carries gRPC streams and the embedded {@code
 * mem:} universe. Callable from any thread; frames keep their order; never blocks.
 */
public interface FrameChannel {
  /** Sends one encoded frame to the other end; ignored after {@link #close}. */
  void send(byte[] frame);

  /** Ends the connection; the other end's {@link Listener#closed} is called once. */
  void close();

  /** The end that takes frames in. */
  interface Listener {
    /** A frame has arrived; must hand over and return. */
    void frame(byte[] frame);

    /**
     * The connection has ended.
     *
     * @param reason one sentence for the user; empty for an orderly end
     */
    void closed(String reason);
  }
}
