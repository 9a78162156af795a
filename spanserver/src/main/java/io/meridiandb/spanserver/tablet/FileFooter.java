package io.meridiandb.spanserver.tablet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The end of a tablet file, which is the MapDB store without the zeroes at its end, then the Bloom
 * filter, then the samples, then this: magic (8), format (4), bytes of the samples (4), bytes of
 * the store in the file (8), length of the store with its zeroes (8), bytes of the filter (8),
 * CRC32C of all that (4); big-endian. Format 1 had no samples.
 *
 * @param storeBytes bytes of the store in the file
 * @param storeLength length of the store, the zeroes at its end included
 * @param bloomBytes bytes of the filter
 * @param sampleBytes bytes of the samples; 0 if there are none
 */
record FileFooter(long storeBytes, long storeLength, long bloomBytes, int sampleBytes) {
  static final int BYTES = 44;
  static final int FORMAT = 2;
  private static final long MAGIC =
      ByteBuffer.wrap("MERIDTAB".getBytes(StandardCharsets.US_ASCII)).getLong();

  ByteBuffer encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).putLong(MAGIC).putInt(FORMAT).putInt(sampleBytes);
    out.putLong(storeBytes).putLong(storeLength).putLong(bloomBytes);
    return out.putInt(checksum(out)).flip();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param path for messages
   * @throws TabletDamagedException if these bytes are something else
   */
  static FileFooter decode(ByteBuffer in, String path) {
    if (in.getLong(0) != MAGIC || in.getInt(BYTES - 4) != checksum(in)) {
      throw new TabletDamagedException(path + " is no tablet file: its last bytes are wrong");
    }
    if (in.getInt(8) != FORMAT && in.getInt(8) != FORMAT - 1) {
      throw new TabletTooNewException(
          "%s has format %d, this version of Meridian reads format %d; start the version that wrote it"
              .formatted(path, in.getInt(8), FORMAT));
    }
    return new FileFooter(in.getLong(16), in.getLong(24), in.getLong(32), in.getInt(12));
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().clear().limit(BYTES - 4));
    return (int) crc.getValue();
  }
}
