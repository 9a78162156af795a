package io.meridiandb.server.net;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * Many frames in one message of a stream: a message costs some microseconds of CPU however small it
 * is, a frame in a pack a fraction of one (protocol D). Layout: for each frame its length (4 bytes,
 * big-endian), then its bytes.
 */
final class FramePack {
  /** A pack is closed when it has reached this size, in bytes; one frame may be larger. */
  static final int BYTES_WANTED = 512 << 10;

  private static final int LENGTH_BYTES = 4;

  private FramePack() {}

  /** What a frame takes up in a pack, in bytes. */
  static int size(byte[] frame) {
    return LENGTH_BYTES + frame.length;
  }

  static byte[] pack(List<byte[]> frames, int bytes) {
    ByteBuffer out = ByteBuffer.allocate(bytes);
    for (byte[] frame : frames) {
      out.putInt(frame.length).put(frame);
    }
    return out.array();
  }

  /**
   * Hands each frame on.
   *
   * @throws IllegalArgumentException if the pack is not what {@link #pack} makes
   */
  static void unpack(byte[] pack, Consumer<byte[]> to) {
    ByteBuffer in = ByteBuffer.wrap(pack);
    while (in.hasRemaining()) {
      if (in.remaining() < LENGTH_BYTES) {
        throw new IllegalArgumentException("a pack ends inside a length");
      }
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new IllegalArgumentException(
            "a pack has " + in.remaining() + " bytes left for a frame of " + length);
      }
      byte[] frame = new byte[length];
      in.get(frame);
      to.accept(frame);
    }
  }
}
