package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.check.Invariants;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A replica's exact state at one index (protocol G25) as one row of bytes, for a replica that has
 * to be built: the length of the manifest (4), the manifest, then its files in its order. The
 * manifest names each file's length and checksum, holds the group's own state at that index, and
 * has a checksum itself; so whoever receives the bytes can check all of them.
 *
 * <p>The bytes are those of a durable checkpoint. Its files stay until {@link #close}; writing goes
 * on meanwhile. May be read from any thread, one at a time.
 */
public final class ImageSource implements AutoCloseable {
  private final Manifest manifest;
  private final List<MemorySegment> parts = new ArrayList<>();
  private final Runnable release;
  private final long length;
  private boolean closed;

  ImageSource(Manifest manifest, List<TabletFile> files, Runnable release) {
    this.manifest = manifest;
    this.release = release;
    ByteBuffer encoded = manifest.encode();
    ByteBuffer head = ByteBuffer.allocate(4 + encoded.remaining());
    head.putInt(encoded.remaining()).put(encoded).flip();
    parts.add(MemorySegment.ofBuffer(head));
    files.forEach(file -> parts.add(file.bytes()));
    this.length = parts.stream().mapToLong(MemorySegment::byteSize).sum();
  }

  /** The entry up to which it has everything, and none later. */
  public long index() {
    return manifest.flushedIndex();
  }

  /** The group's own state at that index, as {@link TabletHost#state} gave it. */
  public byte[] state() {
    return manifest.state();
  }

  /** How many bytes it has in all. */
  public long length() {
    return length;
  }

  /** What it consists of; for messages and tools. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * Reads bytes at any place.
   *
   * @param position from 0 to {@link #length}
   * @param bytesMax how many at most
   * @return at least one byte, none only at the end; may end early at the end of a file
   */
  public byte[] read(long position, int bytesMax) {
    Invariants.check(!closed, "an image is read after it was closed");
    long start = position;
    for (MemorySegment part : parts) {
      if (start < part.byteSize()) {
        long size = Math.min(bytesMax, part.byteSize() - start);
        byte[] bytes = new byte[Math.toIntExact(size)];
        MemorySegment.copy(part, start, MemorySegment.ofArray(bytes), 0, size);
        return bytes;
      }
      start -= part.byteSize();
    }
    Invariants.check(start == 0, "an image of %s bytes is read at %s", length, position);
    return new byte[0];
  }

  /** Lets the files go. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      release.run();
    }
  }
}
