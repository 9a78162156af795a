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

  /** The index, and what the manifest says of itself; that says all of the files. */
  @Override
  public ByteString identity() {
    return identityOf(manifest);
  }

  static ByteString identityOf(Manifest manifest) {
    ByteBuffer encoded = manifest.encode();
    int length = encoded.remaining();
    ByteBuffer identity = ByteBuffer.allocate(8 + 4 + 4);
    identity.putLong(manifest.flushedIndex()).putInt(length).putInt(encoded.getInt(length - 4));
    return ByteString.copyFrom(identity.flip());
  }

  /** How many bytes it has in all. */
  public long length() {
    return length;
  }

  /** What it consists of; for messages and tools. */
  public Manifest manifest() {
    return manifest;
  }

  @Override
  public CompletableFuture<ByteString> read(long position, int bytesMax) {
    Invariants.check(!closed, "an image is read after it was closed");
    Invariants.check(
        position >= 0 && position <= length,
        "an image of %s bytes is read at %s",
        length,
        position);
    byte[] bytes = new byte[(int) Math.min(bytesMax, length - position)];
    int filled = 0;
    long start = position;
    for (MemorySegment part : parts) {
      long size = Math.min(bytes.length - filled, part.byteSize() - start);
      if (size > 0) {
        MemorySegment.copy(part, start, MemorySegment.ofArray(bytes), filled, size);
        filled += (int) size;
        start += size;
      }
      start -= part.byteSize();
    }
    return CompletableFuture.completedFuture(UnsafeByteOperations.unsafeWrap(bytes));
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
