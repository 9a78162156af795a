package io.meridiandb.kernel.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** A copy of a file's bytes outside of the heap that behaves like a mapping of it. */
public final class MemoryMapping implements MappedFile {
  private static final int PART_BYTES = 64 << 10;

  /** Reads as {@link DiskFile#read} does. */
  public interface Reader {
    int read(long offset, ByteBuffer into) throws IOException;
  }

  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;

  private MemoryMapping(long size) {
    segment = arena.allocate(Math.max(1, size), Long.BYTES).asSlice(0, size);
  }

  /** Copies all. */
  public static MemoryMapping of(SparseBytes bytes) {
    MemoryMapping mapping = new MemoryMapping(bytes.size());
    bytes.copyTo(mapping.segment);
    return mapping;
  }

  /** Copies {@code size} bytes. */
  public static MemoryMapping of(long size, Reader bytes) throws IOException {
    MemoryMapping mapping = new MemoryMapping(size);
    ByteBuffer part = ByteBuffer.allocate((int) Math.min(PART_BYTES, size));
    long at = 0;
    while (at < size) {
      int read = bytes.read(at, part.clear());
      if (read <= 0) {
        break; // zeroes up to the end
      }
      MemorySegment.copy(MemorySegment.ofBuffer(part.flip()), 0, mapping.segment, at, read);
      at += read;
    }
    return mapping;
  }

  @Override
  public MemorySegment segment() {
    return segment.asReadOnly();
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
