package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;

/**
 * What the manifest says of a tablet file.
 *
 * @param number its name, {@code 00000012.tab}; rises with every file of the tablet
 * @param bytes its length
 * @param crc CRC32C of all its bytes
 * @param versions how many versions it holds
 * @param firstKey its smallest key
 * @param lastKey its greatest key
 * @param oldest the smallest timestamp in it
 * @param newest the greatest timestamp in it
 */
public record FileInfo(
    long number,
    long bytes,
    int crc,
    long versions,
    Key firstKey,
    Key lastKey,
    Timestamp oldest,
    Timestamp newest) {

  /** How names of tablet files end. */
  static final String SUFFIX = ".tab";

  /** Its name in the tablet's folder. */
  public String name() {
    return nameOf(number);
  }

  static String nameOf(long number) {
    return "%08d%s".formatted(number, SUFFIX);
  }

  /** The same file under another number. */
  FileInfo numbered(long other) {
    return new FileInfo(other, bytes, crc, versions, firstKey, lastKey, oldest, newest);
  }
}
