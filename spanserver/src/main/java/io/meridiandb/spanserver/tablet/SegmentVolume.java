package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.check.Invariants;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.mapdb.volume.Volume;

/**
 * MapDB's view of a mapped tablet file: read-only, one mapping, no lock, no Unsafe. The tablet owns
 * the mapping and ends it; a read after that throws.
 */
final class SegmentVolume extends MemoryVolume {
  private final ByteBuffer buffer;
  private final long length;

  /**
   * A view.
   *
   * @param segment what the file holds of the store
   * @param length the store's length; zeroes at its end are not in the file
   */
  SegmentVolume(MemorySegment segment, long length) {
    this.buffer = segment.asByteBuffer();
    this.length = length;
  }

  @Override
  ByteBuffer buffer() {
    return buffer;
  }

  @Override
  public long length() {
    return length;
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
    if (offset > length) {
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
