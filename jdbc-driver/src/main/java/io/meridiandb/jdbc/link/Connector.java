package io.meridiandb.jdbc.link;

import io.meridiandb.wire.spi.FrameChannel;

/** One way to a universe: a host, or the engine in this JVM. Callable from any thread. */
public interface Connector {
  /**
   * Opens a stream of frames. It need not be connected when this returns: if it cannot be, {@code
   * listener} is told by {@code closed}.
   *
   * @throws io.meridiandb.wire.MeridianException if it is clear at once that there is no way
   */
  FrameChannel connect(FrameChannel.Listener listener);

  /** What the driver waits with while it is connected this way. */
  default Surroundings surroundings() {
    return Surroundings.SYSTEM;
  }

  /** For messages: what is connected to. */
  @Override
  String toString();
}
