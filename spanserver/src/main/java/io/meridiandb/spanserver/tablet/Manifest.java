package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A tablet's checkpoint: which files it consists of, up to which index of the log they hold its
 * state, and the state of the group that is not rows. One file that is replaced in one step, so all
 * of this is always of one moment (reliability T22).
 *
 * <p>Layout, big-endian: magic (8), format (4), flushed index (8), horizon (8), next file number
 * (8), number of runs (4), each with its number of files (4), each file as number (8), bytes (8),
 * crc (4), versions (8), oldest (8), newest (8), first key and last key (4 of length, bytes), and
 * the number of its wiped ranges (4), each as start and end (4 of length, bytes; length -1 for no
 * end); state (4 of length, bytes); CRC32C of all that (4). Format 1 had no wiped ranges.
 *
 * @param flushedIndex the files hold every entry up to here, and none later
 * @param horizon versions that only reads below it could see may be gone; such reads are refused
 * @param nextFile the number of the next file
 * @param runs newest first
 * @param state what the group wants to find with the rows: outcomes, schema version and the like
 */
public record Manifest(
    long flushedIndex, Timestamp horizon, long nextFile, List<RunInfo> runs, byte[] state) {
  /**
   * A run.
   *
   * @param files disjoint and in order
   * @param wiped what the run does not show any more: sorted, disjoint ranges
   */
  public record RunInfo(List<FileInfo> files, List<KeyRange> wiped) {}

  /** All its files. */
  public List<FileInfo> files() {
    return runs.stream().flatMap(run -> run.files().stream()).toList();
  }

  /** Its name in the tablet's folder. */
  public static final String NAME = "MANIFEST";

  static final int FORMAT = 2;

  /** Without files and state, and without the checksum. */
  private static final int BYTES_MIN = 44;

  private static final long MAGIC =
      ByteBuffer.wrap("MERIDMAN".getBytes(StandardCharsets.US_ASCII)).getLong();

  /** Of a tablet that has no file yet. */
  static final Manifest EMPTY = new Manifest(0, Timestamp.MIN, 1, List.of(), new byte[0]);

  ByteBuffer encode() {
    int bytes = 52 + state.length;
    for (RunInfo run : runs) {
      bytes += 8;
      for (FileInfo file : run.files()) {
        bytes += 52 + file.firstKey().length() + file.lastKey().length();
      }
      for (KeyRange range : run.wiped()) {
        Key end = range.end();
        bytes += 8 + range.start().length() + (end == null ? 0 : end.length());
      }
    }
    ByteBuffer out = ByteBuffer.allocate(bytes);
    out.putLong(MAGIC).putInt(FORMAT).putLong(flushedIndex).putLong(horizon.nanos());
    out.putLong(nextFile).putInt(runs.size());
    for (RunInfo run : runs) {
      out.putInt(run.files().size());
      run.files().forEach(file -> encode(file, out));
      out.putInt(run.wiped().size());
      run.wiped().forEach(range -> encode(range, out));
    }
    put(out, state);
    CRC32C crc = new CRC32C();
    crc.update(out.duplicate().flip());
    return out.putInt((int) crc.getValue()).flip();
  }

  private static void encode(FileInfo file, ByteBuffer out) {
    out.putLong(file.number()).putLong(file.bytes()).putInt(file.crc()).putLong(file.versions());
    out.putLong(file.oldest().nanos()).putLong(file.newest().nanos());
    put(out, file.firstKey().bytes());
    put(out, file.lastKey().bytes());
  }

  private static void encode(KeyRange range, ByteBuffer out) {
    put(out, range.start().bytes());
    Key end = range.end();
    if (end == null) {
      out.putInt(-1);
    } else {
      put(out, end.bytes());
    }
  }

  private static void put(ByteBuffer out, byte[] bytes) {
    out.putInt(bytes.length).put(bytes);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param path for messages
   * @throws TabletDamagedException if it is damaged
   * @throws TabletFormatException if it is of another format
   */
  static Manifest decode(ByteBuffer in, String path) {
    int end = in.limit() - 4;
    if (end < BYTES_MIN || in.getLong(0) != MAGIC) {
      throw new TabletDamagedException(path + " is no manifest; rebuild this replica");
    }
    CRC32C crc = new CRC32C();
    crc.update(in.duplicate().position(0).limit(end));
    if ((int) crc.getValue() != in.getInt(end)) {
      throw new TabletDamagedException(
          path + " fails its checksum; rebuild this replica from another one");
    }
    int format = in.getInt(8);
    if (format != FORMAT && format != FORMAT - 1) {
      throw new TabletFormatException(path, format, FORMAT);
    }
    in.position(12);
    long flushedIndex = in.getLong();
    Timestamp horizon = new Timestamp(in.getLong());
    long nextFile = in.getLong();
    List<RunInfo> runs = new ArrayList<>();
    for (int left = in.getInt(); left > 0; left--) {
      List<FileInfo> files = new ArrayList<>();
      for (int count = in.getInt(); count > 0; count--) {
        files.add(decodeFile(in));
      }
      List<KeyRange> wiped = new ArrayList<>();
      for (int count = format == 1 ? 0 : in.getInt(); count > 0; count--) {
        wiped.add(decodeRange(in));
      }
      runs.add(new RunInfo(files, wiped));
    }
    return new Manifest(flushedIndex, horizon, nextFile, runs, bytes(in));
  }

  private static KeyRange decodeRange(ByteBuffer in) {
    Key start = Key.of(bytes(in));
    int length = in.getInt(in.position());
    if (length < 0) {
      in.getInt();
      return new KeyRange(start, null);
    }
    return new KeyRange(start, Key.of(bytes(in)));
  }

  private static FileInfo decodeFile(ByteBuffer in) {
    long number = in.getLong();
    long bytes = in.getLong();
    int crc = in.getInt();
    long versions = in.getLong();
    Timestamp oldest = new Timestamp(in.getLong());
    Timestamp newest = new Timestamp(in.getLong());
    return new FileInfo(
        number, bytes, crc, versions, Key.of(bytes(in)), Key.of(bytes(in)), oldest, newest);
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[in.getInt()];
    in.get(bytes);
    return bytes;
  }
}
