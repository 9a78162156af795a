package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.disk.SparseBytes;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A change of a file: bytes written, or a new size. What was written is kept cut at the borders of
 * pages, so that a whole page is in memory once: here, in what the server sees and in what is
 * durable. Zeroes are not kept.
 */
final class FileChange {
  private final long offset;
  private final int length;
  private final byte[] @Nullable [] pieces;

  private FileChange(long offset, int length, byte[] @Nullable [] pieces) {
    this.offset = offset;
    this.length = length;
    this.pieces = pieces;
  }

  static FileChange resized(long size) {
    return new FileChange(size, 0, new byte[0][]);
  }

  /** The remaining bytes of {@code from}, at least one; the buffer is consumed. */
  static FileChange written(long offset, ByteBuffer from) {
    int length = from.remaining();
    long pageBefore = offset / SparseBytes.PAGE_BYTES;
    long pageOfLast = (offset + length - 1) / SparseBytes.PAGE_BYTES;
    byte[] @Nullable [] pieces = new byte[(int) (pageOfLast - pageBefore) + 1][];
    long at = offset;
    for (int i = 0; i < pieces.length; i++) {
      int bytes = inPage(at, from.remaining());
      if (SparseBytes.startsWithZeroes(from, bytes)) {
        from.position(from.position() + bytes);
      } else {
        byte[] piece = new byte[bytes];
        from.get(piece);
        pieces[i] = piece;
      }
      at += bytes;
    }
    return new FileChange(offset, length, pieces);
  }

  /** How many of so many bytes lie in the page of the first one. */
  private static int inPage(long at, int bytes) {
    return (int) Math.min(bytes, SparseBytes.PAGE_BYTES - at % SparseBytes.PAGE_BYTES);
  }

  /** How many bytes were written; 0 if this is a new size. */
  int length() {
    return length;
  }

  void apply(SparseBytes to) {
    if (length == 0) {
      to.setSize(offset);
    } else {
      applyFirst(length, to);
    }
  }

  /** Only the first bytes that were written. */
  void applyFirst(int bytes, SparseBytes to) {
    long at = offset;
    int left = bytes;
    for (int i = 0; left > 0; i++) {
      int now = inPage(at, left);
      byte[] piece = pieces[i];
      if (piece == null) {
        to.clear(at, now);
      } else if (now == SparseBytes.PAGE_BYTES) {
        to.share(at, piece);
      } else {
        to.write(at, ByteBuffer.wrap(piece, 0, now));
      }
      at += now;
      left -= now;
    }
  }
}
