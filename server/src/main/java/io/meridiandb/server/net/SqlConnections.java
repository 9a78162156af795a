package io.meridiandb.server.net;

import io.meridiandb.wire.spi.FrameChannel;

/** Who takes SQL connections: the session layer. */
@FunctionalInterface
public interface SqlConnections {
  /**
   * A client has connected.
   *
   * @param toClient sends encoded {@code ServerFrame}s; callable from any thread, never blocks
   * @return takes the client's encoded {@code ClientFrame}s, in order, on a thread of the network:
   *     it must hand over and return
   */
  FrameChannel.Listener connect(FrameChannel toClient);
}
