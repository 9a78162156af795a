package io.meridiandb.paxos.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One atomic batch of records as it stands in a segment. Layout, big-endian:
 *
 * <pre>
 *  0  length   4  of the whole frame, in bytes
 *  4  crc      4  CRC32C over the frame's offset (8 bytes) and everything from byte 8 on
 *  8  sequence 8  1, 2, 3 ... through all segments
 * 16  segment  8  id of the segment: a frame of a recycled file's earlier life does not match
 * 24  durable  8  every frame below this sequence was durable when this one was written
 * 32  body        the records, see {@link RecordCodec}
 * </pre>
 *
 * The offset is part of the checksum so that a write that went astray is not taken for another
 * frame (reliability T21).
 *
 * @param sequence the frame's number
 * @param durable every frame with a lower number was durable when this one was written
 * @param body the encoded records
 * @param position where it stands
 */
record Frame(long sequence, long durable, ByteBuffer body, Position position) {
  static final int HEAD_BYTES = 32;
  static final int SEGMENT_AT = 16;
  static final int DURABLE_AT = 24;

  /** Where a frame stands: segment id, offset and length in bytes of the whole frame. */
  record Position(long segment, int offset, int bytes) {}

  /** Leaves room for the head; the body goes behind it and {@link #seal} ends the frame. */
  static void open(ByteBuffer out) {
    out.position(out.position() + HEAD_BYTES);
  }

  /** Writes the head of the frame that goes from {@code start} to {@code out}'s position. */
  static void seal(ByteBuffer out, int start, long sequence, long durable, Position position) {
    out.putInt(start, out.position() - start).putLong(start + 8, sequence);
    out.putLong(start + SEGMENT_AT, position.segment()).putLong(start + DURABLE_AT, durable);
    ByteBuffer checked = out.duplicate().limit(out.position()).position(start + 8);
    out.putInt(start + 4, checksum(checked, position.offset()));
  }

  /**
   * Reads the frame at {@code in}'s position.
   *
   * @param in holds the whole frame, or all there is of it
   * @return null if no intact frame of this segment stands here
   */
  static @Nullable Frame read(ByteBuffer in, long segment, int offset) {
    if (in.remaining() < HEAD_BYTES) {
      return null;
    }
    int start = in.position();
    int length = in.getInt(start);
    if (length < HEAD_BYTES
        || length > in.remaining()
        || in.getLong(start + SEGMENT_AT) != segment) {
      return null;
    }
    ByteBuffer checked = in.duplicate().limit(start + length).position(start + 8);
    if (checksum(checked, offset) != in.getInt(start + 4)) {
      return null;
    }
    return new Frame(
        in.getLong(start + 8),
        in.getLong(start + DURABLE_AT),
        in.slice(start + HEAD_BYTES, length - HEAD_BYTES),
        new Position(segment, offset, length));
  }

  private static int checksum(ByteBuffer bytes, int offset) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(8).putLong(0, offset));
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
