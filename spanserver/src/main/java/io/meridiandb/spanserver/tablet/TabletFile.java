package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.MappedFile;
import io.meridiandb.row.key.Key;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.Store;

/** An open tablet file: immutable, mapped, read by any thread until its last view lets it go. */
final class TabletFile implements AutoCloseable {
  /** What is appended to the name of a file that fails its check. */
  static final String QUARANTINE = ".damaged";

  private static final int VERIFY_BYTES = 1 << 20;

  final FileInfo info;
  final String path;

  /** How many views hold it. */
  final AtomicInteger views = new AtomicInteger();

  /** Whether the manifest no longer names it: then it is deleted once no view holds it. */
  volatile boolean obsolete;

  private final MappedFile mapped;
  private final Store store;
  private final BTreeMap<VersionedKey, byte[]> map;
  private final MemorySegment bloom;
  private final Samples samples;

  private TabletFile(FileInfo info, String path, MappedFile mapped) {
    this.info = info;
    this.path = path;
    this.mapped = mapped;
    MemorySegment all = mapped.segment();
    FileFooter footer = FileFooter.decode(all, path);
    this.bloom = footer.bloom(all);
    this.samples = Samples.decode(footer.samples(all).asByteBuffer(), info);
    this.store = FileTree.open(new SegmentVolume(all, footer));
    this.map = FileTree.map(store, footer);
  }

  /**
   * Maps and checks a file; one that fails is put aside under another name.
   *
   * @throws TabletDamagedException if it is not what the manifest says
   */
  static TabletFile open(Disk disk, String folder, FileInfo info) throws IOException {
    String path = folder + "/" + info.name();
    if (!disk.exists(path)) {
      throw new TabletDamagedException(
          "tablet file %s is missing; rebuild this replica from another one".formatted(path));
    }
    try {
      return check(disk, folder, info);
    } catch (TabletDamagedException e) {
      disk.rename(path, path + QUARANTINE);
      disk.forceFolder(folder);
      throw new TabletDamagedException(
          "%s; it was put aside as %s, rebuild this replica from another one"
              .formatted(e.getMessage(), path + QUARANTINE));
    }
  }

  /**
   * Maps and checks a file and leaves it where it is.
   *
   * @throws TabletDamagedException if it is not what the manifest says
   */
  static TabletFile check(Disk disk, String folder, FileInfo info) throws IOException {
    String path = folder + "/" + info.name();
    MappedFile mapped = disk.map(path);
    try {
      check(mapped.segment(), info, path);
      return new TabletFile(info, path, mapped);
    } catch (RuntimeException e) {
      mapped.close();
      throw e;
    }
  }

  private static void check(MemorySegment bytes, FileInfo info, String path) {
    if (bytes.byteSize() != info.bytes()) {
      throw new TabletDamagedException(
          "tablet file %s has %d bytes, the manifest says %d"
              .formatted(path, bytes.byteSize(), info.bytes()));
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.asByteBuffer());
    if ((int) crc.getValue() != info.crc()) {
      throw new TabletDamagedException(
          "tablet file %s has checksum %08x, the manifest says %08x"
              .formatted(path, (int) crc.getValue(), info.crc()));
    }
  }

  /**
   * Reads all of it from the disk.
   *
   * @throws TabletDamagedException if it is no longer what the manifest says
   */
  void verify(Disk disk) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer part = ByteBuffer.allocate(VERIFY_BYTES);
    long bytes = 0;
    try (DiskFile file = disk.open(path)) {
      while (file.read(bytes, part.clear()) > 0) {
        bytes += part.position();
        crc.update(part.flip());
      }
    }
    if (bytes != info.bytes() || (int) crc.getValue() != info.crc()) {
      throw new TabletDamagedException(
          "tablet file %s has %d bytes with checksum %08x now, the manifest says %d with %08x"
              .formatted(path, bytes, (int) crc.getValue(), info.bytes(), info.crc()));
    }
  }

  /** Length in bytes of the largest value, or more. */
  int largestValue() {
    return map.getValueInline() ? 0 : Integer.MAX_VALUE;
  }

  /** How large its parts are. */
  Samples samples() {
    return samples;
  }

  /** All its bytes, as they are copied to another replica. */
  MemorySegment bytes() {
    return mapped.segment();
  }

  boolean mayContain(long keyHash) {
    return Bloom.mayContain(bloom, keyHash);
  }

  Map.@Nullable Entry<VersionedKey, byte[]> ceiling(VersionedKey seek) {
    return map.ceilingEntry(seek);
  }

  /** All versions in order. */
  Iterator<Map.Entry<VersionedKey, byte[]>> all() {
    return range(VersionedKey.before(Key.MIN), null, false);
  }

  /** Versions from {@code from} to before {@code to} (null: to the end), or that backwards. */
  Iterator<Map.Entry<VersionedKey, byte[]>> range(
      VersionedKey from, @Nullable VersionedKey to, boolean reverse) {
    return reverse
        ? map.descendingEntryIterator(from, true, to, false)
        : map.entryIterator(from, true, to, false);
  }

  /** Ends the mapping; a read after it throws. */
  @Override
  public void close() {
    store.close();
    mapped.close();
  }
}
