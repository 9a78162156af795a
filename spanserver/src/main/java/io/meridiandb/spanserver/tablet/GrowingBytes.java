package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.check.Invariants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Zeroes that are written to, outside of the heap: they are as many as are needed, growing by
 * doubling, and remember how far they were written. Outside of the heap because a file may take
 * hundreds of megabytes for a second. Used by one thread.
 */
final class GrowingBytes implements AutoCloseable {
  /** A buffer is addressed by int. */
  private static final long BYTES_MAX = 1 << 30;

  private Arena arena = Arena.ofConfined();
  private ByteBuffer buffer;
  private int written;

  GrowingBytes(int initialBytes) {
    this.buffer = allocate(arena, initialBytes);
  }

  private static ByteBuffer allocate(Arena arena, long bytes) {
    return arena.allocate(bytes, Long.BYTES).asByteBuffer();
  }

  /** At least {@code end} bytes, to be read; or to be cleared. */
  ByteBuffer upTo(long end) {
    if (end > buffer.capacity()) {
      grow(end);
    }
    return buffer;
  }

  /** At least {@code end} bytes, of which the last ones will be written. */
  ByteBuffer writtenTo(long end) {
    ByteBuffer bytes = upTo(end);
    written = Math.max(written, (int) end);
    return bytes;
  }

  private void grow(long bytes) {
    Invariants.check(bytes <= BYTES_MAX, "a tablet file of %s bytes is being built", bytes);
    long capacity = buffer.capacity();
    while (capacity < bytes) {
      capacity *= 2;
    }
    Arena larger = Arena.ofConfined();
    ByteBuffer grown = allocate(larger, capacity);
    MemorySegment.ofBuffer(grown).copyFrom(MemorySegment.ofBuffer(buffer));
    arena.close();
    arena = larger;
    buffer = grown;
  }

  /** From the first byte to the last that was written; until the next change. */
  ByteBuffer content() {
    return buffer.slice(0, written);
  }

  @Override
  public void close() {
    arena.close();
  }
}
