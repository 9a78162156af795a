package io.meridiandb.paxos.log;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.UniverseId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a segment. Layout, big-endian: magic (8), format (4), universe (16), server
 * (8), segment id (8), sequence of its first record (8), CRC32C of all that (4), length of the file
 * (8), CRC32C of all that (4). Format 1 ended with the first checksum.
 *
 * @param universe the universe the server belongs to
 * @param server whose log it is
 * @param segment the segment's id, also its file name; raised with every use of a file
 * @param firstSequence number of the first record; records of the segment before it that carry this
 *     number or a later one were cut by a recovery and do not count
 * @param bytes length of the whole file; 0 if not known
 */
record SegmentHeader(
    UniverseId universe, ServerId server, long segment, long firstSequence, long bytes) {
  /** Room for the header in the file: one sector, so that it is written whole or not at all. */
  static final int BYTES = 512;

  static final int FORMAT = 2;
  private static final byte[] MAGIC = "MERIDLOG".getBytes(StandardCharsets.US_ASCII);
  private static final int CHECKED_BYTES = 52;
  private static final int ALL_CHECKED_BYTES = CHECKED_BYTES + 4 + 8;

  ByteBuffer encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES);
    out.put(MAGIC).putInt(FORMAT).putLong(universe.high()).putLong(universe.low());
    out.putLong(server.value()).putLong(segment).putLong(firstSequence);
    out.putInt(checksum(out, CHECKED_BYTES)).putLong(bytes);
    out.putInt(checksum(out, ALL_CHECKED_BYTES));
    return out.clear();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @return null if the bytes are no intact header
   * @throws LogDamagedException if it was written by a newer version
   */
  static @Nullable SegmentHeader decode(ByteBuffer in) {
    if (in.remaining() < BYTES) {
      return null;
    }
    byte[] magic = new byte[MAGIC.length];
    in.get(0, magic);
    if (!java.util.Arrays.equals(magic, MAGIC)
        || in.getInt(CHECKED_BYTES) != checksum(in, CHECKED_BYTES)) {
      return null;
    }
    int format = in.getInt(8);
    if (format != FORMAT && format != FORMAT - 1) {
      throw new LogDamagedException(
          "the log has format %d, this version of Meridian reads format %d; start the version that wrote it"
              .formatted(format, FORMAT));
    }
    if (format == FORMAT && in.getInt(ALL_CHECKED_BYTES) != checksum(in, ALL_CHECKED_BYTES)) {
      return null;
    }
    return new SegmentHeader(
        new UniverseId(in.getLong(12), in.getLong(20)),
        new ServerId(in.getLong(28)),
        in.getLong(36),
        in.getLong(44),
        format == FORMAT ? in.getLong(CHECKED_BYTES + 4) : 0);
  }

  private static int checksum(ByteBuffer bytes, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().clear().limit(count));
    return (int) crc.getValue();
  }
}
