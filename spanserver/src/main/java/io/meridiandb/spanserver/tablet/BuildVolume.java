package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.check.Invariants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Memory outside of the heap in which MapDB builds a file; it grows by doubling and is given back
 * when it is closed. Used by one thread.
 */
final class BuildVolume extends MemoryVolume {
  private static final long INITIAL_BYTES = 2 << 20;

  /** A buffer is addressed by int. */
  private static final long BYTES_MAX = 1 << 30;

  private Arena arena = Arena.ofConfined();
  private ByteBuffer buffer = allocate(arena, INITIAL_BYTES);

  private static ByteBuffer allocate(Arena arena, long bytes) {
    return arena.allocate(bytes, Long.BYTES).asByteBuffer();
  }

  @Override
  ByteBuffer buffer() {
    return buffer;
  }

  @Override
  public void ensureAvailable(long bytes) {
    if (bytes <= buffer.capacity()) {
      return;
    }
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

  @Override
  public long length() {
    return buffer.capacity();
  }

  @Override
  public void putLong(long offset, long value) {
    buffer.putLong((int) offset, value);
  }

  @Override
  public void putInt(long offset, int value) {
    buffer.putInt((int) offset, value);
  }

  @Override
  public void putByte(long offset, byte value) {
    buffer.put((int) offset, value);
  }

  @Override
  public void putData(long offset, byte[] from, int position, int size) {
    buffer.put((int) offset, from, position, size);
  }

  @Override
  public void putData(long offset, ByteBuffer from) {
    buffer.put((int) offset, from, from.position(), from.remaining());
    from.position(from.limit());
  }

  @Override
  public void clear(long from, long to) {
    MemorySegment.ofBuffer(buffer).asSlice(from, to - from).fill((byte) 0);
  }

  @Override
  public void truncate(long size) {
    // Memory: nothing to give back before the end.
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      arena.close();
    }
  }
}
