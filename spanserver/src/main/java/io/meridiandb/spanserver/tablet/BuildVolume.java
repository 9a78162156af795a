package io.meridiandb.spanserver.tablet;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Memory in which MapDB builds a file: a small file takes little, and what was never written is not
 * in the file. Given back when it is closed. Used by one thread.
 */
final class BuildVolume extends MemoryVolume {
  /** Enough for 2,000 records, which are 45,000 versions. */
  private static final int INDEX_BYTES = 16 << 10;

  private static final int BODY_BYTES = 64 << 10;

  private final GrowingBytes header = new GrowingBytes(INDEX_START);
  private final GrowingBytes index = new GrowingBytes(INDEX_BYTES);
  private final GrowingBytes body = new GrowingBytes(BODY_BYTES);
  private long length;

  /** What of the store goes to the file: header, index and body. */
  List<ByteBuffer> content() {
    return List.of(header.content().slice(0, HEADER_BYTES), index.content(), body.content());
  }

  private GrowingBytes at(long offset) {
    if (offset >= BODY_START) {
      return body;
    }
    return offset >= INDEX_START ? index : header;
  }

  @Override
  ByteBuffer part(long offset, int size) {
    return at(offset).upTo((long) within(offset) + size);
  }

  private ByteBuffer partToWrite(long offset, int size) {
    return at(offset).writtenTo((long) within(offset) + size);
  }

  @Override
  public void ensureAvailable(long bytes) {
    length = Math.max(length, bytes); // memory is taken when it is written to
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void putLong(long offset, long value) {
    partToWrite(offset, Long.BYTES).putLong(within(offset), value);
  }

  @Override
  public void putInt(long offset, int value) {
    partToWrite(offset, Integer.BYTES).putInt(within(offset), value);
  }

  @Override
  public void putByte(long offset, byte value) {
    partToWrite(offset, 1).put(within(offset), value);
  }

  @Override
  public void putData(long offset, byte[] from, int position, int size) {
    partToWrite(offset, size).put(within(offset), from, position, size);
  }

  @Override
  public void putData(long offset, ByteBuffer from) {
    int size = from.remaining();
    partToWrite(offset, size).put(within(offset), from, from.position(), size);
    from.position(from.limit());
  }

  @Override
  public void clear(long from, long to) {
    int size = (int) (to - from);
    MemorySegment.ofBuffer(part(from, size)).asSlice(within(from), size).fill((byte) 0);
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
      header.close();
      index.close();
      body.close();
    }
  }
}
