package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.check.Invariants;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.mapdb.volume.Volume;

/**
 * MapDB's view of a mapped tablet file: read-only, one mapping, no lock, no Unsafe. The tablet owns
 * the mapping and ends it; a read after that throws, and so does one of what is not in the file.
 */
final class SegmentVolume extends MemoryVolume {
  private final ByteBuffer header;
  private final ByteBuffer index;
  private final ByteBuffer body;

  /**
   * A view.
   *
   * @param file the whole file
   * @param footer its
   */
  SegmentVolume(MemorySegment file, FileFooter footer) {
    this.header = file.asSlice(0, HEADER_BYTES).asByteBuffer();
    this.index = footer.index(file).asByteBuffer();
    this.body = footer.body(file).asByteBuffer();
  }

  @Override
  ByteBuffer part(long offset, int size) {
    if (offset >= BODY_START) {
      return body;
    }
    return offset >= INDEX_START ? index : header;
  }

  @Override
  public long length() {
    return (long) BODY_START + body.capacity();
  }

  @Override
  public boolean isReadOnly() {
    return true;
  }

  @Override
  public void close() {
    closed.set(true);
  }

  @Override
  public void ensureAvailable(long offset) {
    if (offset > length()) {
      throw readOnly();
    }
  }

  @Override
  public void truncate(long size) {
    throw readOnly();
  }

  @Override
  public void putLong(long offset, long value) {
    throw readOnly();
  }

  @Override
  public void putInt(long offset, int value) {
    throw readOnly();
  }

  @Override
  public void putByte(long offset, byte value) {
    throw readOnly();
  }

  @Override
  public void putData(long offset, byte[] from, int position, int size) {
    throw readOnly();
  }

  @Override
  public void putData(long offset, ByteBuffer from) {
    throw readOnly();
  }

  @Override
  public void copyTo(long offset, Volume target, long targetOffset, long size) {
    throw readOnly();
  }

  @Override
  public void clear(long from, long to) {
    throw readOnly();
  }

  private static RuntimeException readOnly() {
    return Invariants.unreachable("MapDB wants to change a tablet file");
  }
}
