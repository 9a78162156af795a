package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What a replica shows of a range at one timestamp, in a few numbers: replicas that show the same
 * rows have equal ones, whatever their files look like (reliability G.3 e).
 *
 * @param rows how many keys have a value
 * @param bytes of their keys and values
 * @param crc CRC32C over keys, timestamps and values in order; tombstones do not count, as they may
 *     be collected here and not there
 */
public record RangeChecksum(long rows, long bytes, int crc) {

  /** Adds rows up. */
  static final class Sum {
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer head = ByteBuffer.allocate(16);
    private long rows;
    private long bytes;

    void add(Key key, Timestamp timestamp, byte[] value) {
      head.clear().putInt(key.length()).putInt(value.length).putLong(timestamp.nanos()).flip();
      crc.update(head);
      crc.update(key.bytes());
      crc.update(value);
      rows++;
      bytes += key.length() + value.length;
    }

    RangeChecksum result() {
      return new RangeChecksum(rows, bytes, (int) crc.getValue());
    }
  }
}
