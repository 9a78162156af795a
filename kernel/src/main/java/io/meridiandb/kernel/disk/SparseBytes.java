package io.meridiandb.kernel.disk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file kept in memory, in pages: a page of which nothing but zeroes was ever written
 * costs nothing, and neither does one that others have as well until one of them changes it. Not
 * thread-safe.
 */
public final class SparseBytes {
  /** The length of a page. */
  public static final int PAGE_BYTES = 16 << 10;

  /** Never written to. */
  private static final byte[] ZEROES = new byte[PAGE_BYTES];

  private static final ByteBuffer ZERO_PAGE = ByteBuffer.wrap(ZEROES).asReadOnlyBuffer();

  private byte[] @Nullable [] pages = new byte[4][];

  /** Pages that somebody else has too: to be copied before they are changed. */
  private BitSet shared = new BitSet();

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
      if (within != 0 && page(pageOf(newSize)) != null) {
        Arrays.fill(pageForWrite(pageOf(newSize)), within, PAGE_BYTES, (byte) 0);
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

  /**
   * Makes {@code bytes} the whole page at {@code offset}, without a copy: nobody may change the
   * array any more.
   *
   * @param offset a multiple of {@link #PAGE_BYTES}
   */
  public void share(long offset, byte[] bytes) {
    int index = pageOf(offset);
    makeRoom(index);
    pages[index] = bytes;
    shared.set(index);
    size = Math.max(size, offset + PAGE_BYTES);
  }

  /** Writes zeroes that lie in one page. */
  public void clear(long offset, int length) {
    int index = pageOf(offset);
    if (page(index) != null) {
      int within = (int) (offset % PAGE_BYTES);
      Arrays.fill(pageForWrite(index), within, within + length, (byte) 0);
    }
    size = Math.max(size, offset + length);
  }

  /** Whether the next {@code length} bytes of a buffer, a page at most, are zeroes. */
  public static boolean startsWithZeroes(ByteBuffer from, int length) {
    return from.slice(from.position(), length).mismatch(ZERO_PAGE.slice(0, length)) < 0;
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

  /** An independent copy; pages are shared until one of both changes them. */
  public SparseBytes copy() {
    shared.set(0, pages.length);
    SparseBytes copy = new SparseBytes();
    copy.pages = pages.clone();
    copy.shared = (BitSet) shared.clone();
    copy.size = size;
    return copy;
  }

  private static int pageOf(long offset) {
    return Math.toIntExact(offset / PAGE_BYTES);
  }

  private void makeRoom(int index) {
    if (index >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(index + 1, pages.length * 2));
    }
  }

  private byte[] pageForWrite(int index) {
    makeRoom(index);
    byte[] page = pages[index];
    if (page == null) {
      page = new byte[PAGE_BYTES];
    } else if (shared.get(index)) {
      page = page.clone();
    }
    shared.clear(index);
    pages[index] = page;
    return page;
  }
}
