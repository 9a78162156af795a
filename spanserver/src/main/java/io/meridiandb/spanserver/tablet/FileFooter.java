package io.meridiandb.spanserver.tablet;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The end of a tablet file. The file is a MapDB store in three parts, {@link MemoryVolume} says
 * which: header (64 bytes), index and body, each without the zeroes behind the last byte written;
 * then the Bloom filter, the samples, and this: magic (8), format (4), bytes of the index, of the
 * body, of the filter and of the samples (4 each), where the values are (4; 0 in the leaves, 1
 * outside), record of the B-tree's root (8), CRC32C of all that (4); big-endian.
 *
 * <p>In formats 1 and 2, which were never released, the store stood whole: a file took more than 1
 * MiB. They are refused.
 *
 * @param indexBytes bytes of the index
 * @param bodyBytes bytes of the body
 * @param bloomBytes bytes of the filter
 * @param sampleBytes bytes of the samples
 * @param valuesOutside whether each value is a record by itself
 * @param root the record that says which one the B-tree's root is
 */
record FileFooter(
    int indexBytes,
    int bodyBytes,
    int bloomBytes,
    int sampleBytes,
    boolean valuesOutside,
    long root) {
  /** Length, magic, format and checksum stand as they always did, so that each format is known. */
  static final int BYTES = 44;

  static final int FORMAT = 3;
  private static final long MAGIC =
      ByteBuffer.wrap("MERIDTAB".getBytes(StandardCharsets.US_ASCII)).getLong();

  ByteBuffer encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).putLong(MAGIC).putInt(FORMAT);
    out.putInt(indexBytes).putInt(bodyBytes).putInt(bloomBytes).putInt(sampleBytes);
    out.putInt(valuesOutside ? 1 : 0).putLong(root);
    return out.putInt(checksum(out)).flip();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param file the whole file
   * @param path for messages
   * @throws TabletDamagedException if it does not end with a footer
   * @throws TabletFormatException if it is of another format
   */
  static FileFooter decode(MemorySegment file, String path) {
    if (file.byteSize() < MemoryVolume.HEADER_BYTES + BYTES) {
      throw new TabletDamagedException(path + " is no tablet file: it is too short");
    }
    ByteBuffer in = file.asSlice(file.byteSize() - BYTES).asByteBuffer();
    if (in.getLong(0) != MAGIC || in.getInt(BYTES - 4) != checksum(in)) {
      throw new TabletDamagedException(path + " is no tablet file: its last bytes are wrong");
    }
    if (in.getInt(8) != FORMAT) {
      throw new TabletFormatException(path, in.getInt(8), FORMAT);
    }
    return new FileFooter(
        in.getInt(12),
        in.getInt(16),
        in.getInt(20),
        in.getInt(24),
        in.getInt(28) == 1,
        in.getLong(32));
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().clear().limit(BYTES - 4));
    return (int) crc.getValue();
  }

  /** MapDB's index in the file. */
  MemorySegment index(MemorySegment file) {
    return file.asSlice(MemoryVolume.HEADER_BYTES, indexBytes);
  }

  /** MapDB's records in the file. */
  MemorySegment body(MemorySegment file) {
    return file.asSlice(MemoryVolume.HEADER_BYTES + (long) indexBytes, bodyBytes);
  }

  /** The Bloom filter in the file. */
  MemorySegment bloom(MemorySegment file) {
    return file.asSlice(MemoryVolume.HEADER_BYTES + (long) indexBytes + bodyBytes, bloomBytes);
  }

  /** The samples in the file. */
  MemorySegment samples(MemorySegment file) {
    return file.asSlice(file.byteSize() - BYTES - sampleBytes, sampleBytes);
  }
}
