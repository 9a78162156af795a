package io.meridiandb.spanserver.tablet;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.paxos.replica.ImageSource;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A replica's exact state at one index (protocol G25) as one row of bytes, for a replica that has
 * to be built: the length of the manifest (4), the manifest, then its files in its order. The
 * manifest names each file's length and checksum, holds the group's own state at that index, and
 * has a checksum itself; so whoever receives the bytes can check all of them.
 *
 * <p>The bytes are those of a durable checkpoint. Its files stay until {@link #close}; writing goes
 * on meanwhile. They are read from the mapped files.
 */
public final class CheckpointImage implements ImageSource {
  private final Manifest manifest;
  private final List<MemorySegment> parts = new ArrayList<>();
  private final Runnable release;
  private final long length;
  private boolean closed;

  CheckpointImage(Manifest manifest, List<TabletFile> files, Runnable release) {
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
  @Override
  public long index() {
    return manifest.flushedIndex();
  }

  /** How many bytes it has in all. */
  public long length() {
    return length;
  }

  /** What it consists of; for messages and tools. */
  public Manifest manifest() {
    return manifest;
  }

  /** Reads bytes at any place; may end early at the end of a file. */
  @Override
  public CompletableFuture<ByteString> read(long position, int bytesMax) {
    Invariants.check(!closed, "an image is read after it was closed");
    long start = position;
    for (MemorySegment part : parts) {
      if (start < part.byteSize()) {
        long size = Math.min(bytesMax, part.byteSize() - start);
        byte[] bytes = new byte[Math.toIntExact(size)];
        MemorySegment.copy(part, start, MemorySegment.ofArray(bytes), 0, size);
        return CompletableFuture.completedFuture(UnsafeByteOperations.unsafeWrap(bytes));
      }
      start -= part.byteSize();
    }
    Invariants.check(start == 0, "an image of %s bytes is read at %s", length, position);
    return CompletableFuture.completedFuture(ByteString.EMPTY);
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
