package io.meridiandb.paxos.log;

import io.meridiandb.kernel.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads frames of one segment through a window that moves forward; for recovery and inspection. */
final class SegmentReader {
  private static final int WINDOW_BYTES = 1 << 20;

  /**
   * Most of what lies behind the end of a log is zeroes. Where a frame would have two zero words,
   * segment and durable, none begins at the next eight bytes either: segments count from 1.
   */
  private static final int AFTER_ZEROES = 1 + Long.BYTES;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final DiskFile file;
  private final long size;
  private ByteBuffer window = NOTHING;
  private long windowStart;

  SegmentReader(DiskFile file) throws IOException {
    this.file = file;
    this.size = file.size();
  }

  /** The segment's header; null if there is no intact one. */
  @Nullable SegmentHeader header() throws IOException {
    if (!load(0, SegmentHeader.BYTES, 0)) {
      return null;
    }
    return SegmentHeader.decode(window.slice(0, SegmentHeader.BYTES));
  }

  /** The frame at {@code offset}; null if no intact frame of segment {@code id} stands there. */
  @Nullable Frame frame(long id, int offset) throws IOException {
    if (!load(offset, Frame.HEAD_BYTES)) {
      return null;
    }
    int length = window.getInt((int) (offset - windowStart));
    if (length < Frame.HEAD_BYTES || !load(offset, length)) {
      return null;
    }
    return Frame.read(window.duplicate().position((int) (offset - windowStart)), id, offset);
  }

  /**
   * Looks behind {@code offset} for a frame that proves that the one missing at {@code offset} had
   * been durable: one written when {@code sequence} already was.
   */
  @Nullable Frame proofBehind(long id, int offset, long sequence) throws IOException {
    long at = offset + 1L;
    while (load(at, Frame.HEAD_BYTES)) {
      int inWindow = (int) (at - windowStart);
      long segment = window.getLong(inWindow + Frame.SEGMENT_AT);
      long durable = window.getLong(inWindow + Frame.DURABLE_AT);
      if (segment == id && durable > sequence) {
        Frame frame = frame(id, (int) at);
        if (frame != null) {
          return frame;
        }
      }
      at += segment == 0 && durable == 0 ? AFTER_ZEROES : 1;
    }
    return null;
  }

  /** Brings {@code bytes} bytes from {@code offset} on into the window; false beyond the end. */
  private boolean load(long offset, int bytes) throws IOException {
    return load(offset, bytes, WINDOW_BYTES);
  }

  private boolean load(long offset, int bytes, int ahead) throws IOException {
    if (offset + bytes > size) {
      return false;
    }
    if (offset >= windowStart && offset + bytes <= windowStart + window.limit()) {
      return true;
    }
    window = ByteBuffer.allocate((int) Math.min(size - offset, bytes + (long) ahead));
    windowStart = offset;
    while (window.hasRemaining()) {
      if (file.read(offset + window.position(), window) <= 0) {
        throw new IOException(file.path() + " ends at " + (offset + window.position()));
      }
    }
    window.flip();
    return true;
  }
}
