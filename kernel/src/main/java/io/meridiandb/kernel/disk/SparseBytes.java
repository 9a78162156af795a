package io.meridiandb.kernel.disk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file kept in memory, in pages: a page of which nothing but zeroes was ever written
 * costs nothing. Not thread-safe.
 */
public final class SparseBytes {
  private static final int PAGE_BYTES = 16 << 10;

  /** Never written to. */
  private static final byte[] ZEROES = new byte[PAGE_BYTES];

  private byte[] @Nullable [] pages = new byte[4][];
  private long size;

  /** The length in bytes. */
  public long size() {
    return size;
  }

  /** Cuts, or grows with zeroes. */
  public void setSize(long newSize) {
    if (newSize < size) {
      int keep = pageOf(newSize + PAGE_BYTES - 1);
      for (int i = keep; i < pages.length; i++) {
        pages[i] = null;
      }
      int within = (int) (newSize % PAGE_BYTES);
      byte[] last = within == 0 || pageOf(newSize) >= pages.length ? null : pages[pageOf(newSize)];
      if (last != null) {
        Arrays.fill(last, within, PAGE_BYTES, (byte) 0);
      }
    }
    size = newSize;
  }

  /** Writes the remaining bytes of {@code from} at {@code offset}; the buffer is consumed. */
  public void write(long offset, ByteBuffer from) {
    long at = offset;
    while (from.hasRemaining()) {
      int within = (int) (at % PAGE_BYTES);
      int length = Math.min(PAGE_BYTES - within, from.remaining());
      if (page(pageOf(at)) == null && startsWithZeroes(from, length)) {
        from.position(from.position() + length);
      } else {
        from.get(pageForWrite(pageOf(at)), within, length);
      }
      at += length;
    }
    size = Math.max(size, at);
  }

  private static boolean startsWithZeroes(ByteBuffer from, int length) {
    ByteBuffer part = from.slice(from.position(), length);
    return part.mismatch(ByteBuffer.wrap(ZEROES, 0, length)) < 0;
  }

  private byte @Nullable [] page(int index) {
    return index < pages.length ? pages[index] : null;
  }

  /** Copies all into memory that holds zeroes and is at least as long. */
  void copyTo(MemorySegment zeroes) {
    for (int i = 0; i < pages.length; i++) {
      byte[] page = pages[i];
      long at = (long) i * PAGE_BYTES;
      if (page != null && at < size) {
        int length = (int) Math.min(PAGE_BYTES, size - at);
        MemorySegment.copy(page, 0, zeroes, ValueLayout.JAVA_BYTE, at, length);
      }
    }
  }

  /** Reads what there is; returns how many bytes, -1 at the end. */
  public int read(long offset, ByteBuffer into) {
    if (!into.hasRemaining()) {
      return 0;
    }
    if (offset >= size) {
      return -1;
    }
    int total = (int) Math.min(into.remaining(), size - offset);
    int left = total;
    long at = offset;
    while (left > 0) {
      int within = (int) (at % PAGE_BYTES);
      int length = Math.min(PAGE_BYTES - within, left);
      byte[] page = page(pageOf(at));
      into.put(page == null ? ZEROES : page, within, length);
      at += length;
      left -= length;
    }
    return total;
  }

  /** An independent copy. */
  public SparseBytes copy() {
    SparseBytes copy = new SparseBytes();
    copy.pages = new byte[pages.length][];
    for (int i = 0; i < pages.length; i++) {
      byte[] page = pages[i];
      copy.pages[i] = page == null ? null : page.clone();
    }
    copy.size = size;
    return copy;
  }

  private static int pageOf(long offset) {
    return Math.toIntExact(offset / PAGE_BYTES);
  }

  private byte[] pageForWrite(int index) {
    if (index >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(index + 1, pages.length * 2));
    }
    byte[] page = pages[index];
    if (page == null) {
      page = new byte[PAGE_BYTES];
      pages[index] = page;
    }
    return page;
  }
}
