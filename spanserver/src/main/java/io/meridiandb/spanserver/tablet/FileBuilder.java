package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.DiskFullException;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.mapdb.Store;

/**
 * Writes a run of tablet files: MapDB's Pump builds each B-tree bottom-up outside of the heap, then
 * its bytes are written in one go. Equal versions give equal bytes. Takes long.
 */
final class FileBuilder {
  /** If a value is larger than this, values stand outside of the leaves, which are read whole. */
  static final int VALUE_IN_LEAF_BYTES_MAX = 8 << 10;

  private static final int WRITE_BYTES = 1 << 20;

  /** What a version takes besides key and value, roughly. */
  static final int VERSION_OVERHEAD_BYTES = 16;

  private final Disk disk;
  private final String folder;
  private final long fileBytesMax;
  private final boolean largeValues;
  private final List<DiskFile> unforced = new ArrayList<>();
  private long nextNumber;

  FileBuilder(Disk disk, String folder, long fileBytesMax, Plan plan) {
    this.disk = disk;
    this.folder = folder;
    this.fileBytesMax = fileBytesMax;
    this.largeValues = plan.largestValue() > VALUE_IN_LEAF_BYTES_MAX;
    this.nextNumber = plan.firstNumber();
  }

  /**
   * What is known before building.
   *
   * @param firstNumber of the first file
   * @param largestValue length in bytes of the largest value to come, or more
   */
  record Plan(long firstNumber, int largestValue) {}

  /** The files written, open; the caller forces and closes them and forces their folder. */
  List<DiskFile> unforced() {
    return unforced;
  }

  /** The number that a further file would get. */
  long nextNumber() {
    return nextNumber;
  }

  /**
   * Builds and writes; {@link #unforced} tells what is still to be forced.
   *
   * @param versions in order
   * @return the files in order of their keys; none if there is no version
   * @throws DiskFullException if there is no room; nothing is left behind
   */
  List<FileInfo> build(Iterator<Map.Entry<VersionedKey, byte[]>> versions) throws IOException {
    List<FileInfo> files = new ArrayList<>();
    Map.Entry<VersionedKey, byte[]> next = versions.hasNext() ? versions.next() : null;
    try {
      while (next != null) {
        try (Tree tree = new Tree()) {
          while (next != null && (!tree.isFull() || tree.endsWith(next.getKey()))) {
            tree.add(next);
            next = versions.hasNext() ? versions.next() : null;
          }
          files.add(write(tree));
        }
      }
    } catch (DiskFullException e) {
      for (DiskFile file : unforced) {
        file.close();
      }
      for (long number = nextNumber; number >= nextNumber - files.size(); number--) {
        disk.delete(path(number));
      }
      throw e;
    }
    return files;
  }

  private String path(long number) {
    return folder + "/" + FileInfo.nameOf(number);
  }

  private FileInfo write(Tree tree) throws IOException {
    long number = nextNumber;
    List<ByteBuffer> parts = tree.finish();
    CRC32C crc = new CRC32C();
    long offset = 0;
    DiskFile file = disk.open(path(number));
    unforced.add(file);
    file.setSize(0);
    file.preallocate(parts.stream().mapToLong(ByteBuffer::remaining).sum());
    for (ByteBuffer part : parts) {
      for (int at = 0; at < part.limit(); at += WRITE_BYTES) {
        int length = Math.min(WRITE_BYTES, part.limit() - at);
        crc.update(part.slice(at, length));
        file.write(offset, part.slice(at, length));
        offset += length;
      }
    }
    nextNumber++;
    return tree.info(number, offset, (int) crc.getValue());
  }

  /** A B-tree that is being built. */
  private final class Tree implements AutoCloseable {
    private final BuildVolume volume = new BuildVolume();
    private final Store store = FileTree.create(volume);
    private final FileTree.Writer tree = new FileTree.Writer(store, largeValues);
    private final Bloom.Builder bloom = new Bloom.Builder();
    private final Samples.Builder samples = new Samples.Builder();
    private @Nullable VersionedKey first;
    private @Nullable VersionedKey last;
    private long versions;
    private long bytes;
    private long oldest = Long.MAX_VALUE;
    private long newest = Long.MIN_VALUE;

    void add(Map.Entry<VersionedKey, byte[]> version) {
      VersionedKey key = version.getKey();
      Invariants.check(
          last == null || last.compareTo(key) < 0, "version %s comes after %s", key, last);
      if (!endsWith(key)) {
        bloom.add(key.key);
        samples.key(key.key);
      }
      tree.put(key, version.getValue());
      first = first == null ? key : first;
      last = key;
      versions++;
      int versionBytes = key.key.length + version.getValue().length + VERSION_OVERHEAD_BYTES;
      samples.version(versionBytes);
      bytes += versionBytes;
      oldest = Math.min(oldest, key.nanos);
      newest = Math.max(newest, key.nanos);
    }

    boolean isFull() {
      return bytes >= fileBytesMax;
    }

    boolean endsWith(VersionedKey key) {
      return last != null && last.sameKey(key.key);
    }

    /** The file, part by part; until it is closed. */
    List<ByteBuffer> finish() {
      long root = tree.finish();
      List<ByteBuffer> parts = new ArrayList<>(volume.content());
      ByteBuffer index = parts.get(1);
      ByteBuffer body = parts.get(2);
      ByteBuffer filter = bloom.build();
      ByteBuffer sampled = samples.encode();
      FileFooter footer =
          new FileFooter(
              index.remaining(),
              body.remaining(),
              filter.remaining(),
              sampled.remaining(),
              largeValues,
              root);
      parts.addAll(List.of(filter, sampled, footer.encode()));
      return parts;
    }

    FileInfo info(long number, long length, int crc) {
      VersionedKey from = java.util.Objects.requireNonNull(first);
      VersionedKey to = java.util.Objects.requireNonNull(last);
      return new FileInfo(
          number,
          length,
          crc,
          versions,
          Key.of(from.key),
          Key.of(to.key),
          new Timestamp(oldest),
          new Timestamp(newest));
    }

    @Override
    public void close() {
      store.close(); // and with it the volume
    }
  }
}
