package io.meridiandb.kernel.system;

import io.meridiandb.kernel.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the file below does not have yet: changed pages, and a changed length. Not thread-safe; the
 * file below is given to each call because every handle has its own.
 */
final class UnforcedBytes {
  private static final int PAGE_BYTES = 16 << 10;

  private final SortedMap<Long, byte[]> pages = new TreeMap<>();

  /** The length in bytes as the server sees it. */
  private long size;

  /** So many bytes of the file below still count, at most all; a cut that was not forced. */
  private long kept;

  UnforcedBytes(long sizeBelow) {
    size = sizeBelow;
    kept = sizeBelow;
  }

  long size() {
    return size;
  }

  /** Whether the file below is the same. */
  boolean isEmpty(DiskFile below) throws IOException {
    return pages.isEmpty() && kept == size && below.size() == size;
  }

  int read(DiskFile below, long offset, ByteBuffer into) throws IOException {
    long left = size - offset;
    if (left <= 0) {
      return into.hasRemaining() ? -1 : 0;
    }
    int total = (int) Math.min(left, into.remaining());
    for (int done = 0; done < total; ) {
      long at = offset + done;
      int within = (int) (at % PAGE_BYTES);
      int length = Math.min(PAGE_BYTES - within, total - done);
      byte @Nullable [] page = pages.get(at / PAGE_BYTES);
      into.put(page == null ? pageBelow(below, at / PAGE_BYTES) : page, within, length);
      done += length;
    }
    return total;
  }

  private byte[] pageBelow(DiskFile below, long number) throws IOException {
    long start = number * PAGE_BYTES;
    ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
    page.limit(Math.clamp(kept - start, 0, PAGE_BYTES));
    while (page.hasRemaining() && below.read(start + page.position(), page) > 0) {
      // until the page is full or the file ends
    }
    return page.array();
  }

  void write(DiskFile below, long offset, ByteBuffer from) throws IOException {
    long at = offset;
    while (from.hasRemaining()) {
      long number = at / PAGE_BYTES;
      byte[] page = pages.get(number);
      if (page == null) {
        page = pageBelow(below, number);
        pages.put(number, page);
      }
      int within = (int) (at % PAGE_BYTES);
      int length = Math.min(PAGE_BYTES - within, from.remaining());
      from.get(page, within, length);
      at += length;
    }
    size = Math.max(size, at);
  }

  void setSize(long newSize) {
    if (newSize < size) {
      int within = (int) (newSize % PAGE_BYTES);
      byte[] last = pages.get(newSize / PAGE_BYTES);
      if (within > 0 && last != null) {
        Arrays.fill(last, within, PAGE_BYTES, (byte) 0);
      }
      pages.tailMap((newSize + PAGE_BYTES - 1) / PAGE_BYTES).clear();
      kept = Math.min(kept, newSize);
    }
    size = newSize;
  }

  /** Reserves space below at once: that space reads as zeroes and may as well survive. */
  void preallocate(DiskFile below, long newSize) throws IOException {
    if (newSize <= size) {
      return;
    }
    cutBelow(below);
    below.preallocate(newSize);
    kept = newSize;
    size = newSize;
  }

  /** Makes the file below the same; it is not forced by that. */
  void passOn(DiskFile below) throws IOException {
    cutBelow(below);
    for (Map.Entry<Long, byte[]> entry : pages.entrySet()) {
      long start = entry.getKey() * PAGE_BYTES;
      int length = (int) Math.min(PAGE_BYTES, size - start);
      below.write(start, ByteBuffer.wrap(entry.getValue(), 0, length));
    }
    if (below.size() < size) {
      below.setSize(size);
    }
    pages.clear();
    kept = size;
  }

  private void cutBelow(DiskFile below) throws IOException {
    if (kept < below.size()) {
      below.setSize(kept);
    }
  }
}
