package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Prints a tablet's manifest and files for people. Changes nothing. */
public final class TabletInspector {
  private TabletInspector() {}

  /**
   * Prints a manifest: index, horizon, and every file it names.
   *
   * @param path such as {@code tablet/0/MANIFEST}
   */
  public static void printManifest(Disk disk, String path, Consumer<String> lines)
      throws IOException {
    Manifest manifest = read(disk, path);
    lines.accept(
        "%s: every entry up to %d, %d runs, %d bytes of state, reads from %s on, next file %d"
            .formatted(
                path,
                manifest.flushedIndex(),
                manifest.runs().size(),
                manifest.state().length,
                manifest.horizon(),
                manifest.nextFile()));
    for (int i = 0; i < manifest.runs().size(); i++) {
      lines.accept("run %d%s".formatted(i + 1, i == 0 ? " (newest)" : ""));
      Manifest.RunInfo run = manifest.runs().get(i);
      run.files().forEach(file -> lines.accept("  " + describe(file)));
      run.wiped().forEach(range -> lines.accept("  wiped: " + range));
    }
  }

  /**
   * Prints what a checkpoint shows, in the numbers of {@link Tablet#checksum}: those of replicas
   * that show the same rows are equal. Checks and reads all files.
   *
   * @param folder the tablet's
   * @param at read at this timestamp, not below the manifest's horizon
   */
  public static void printChecksum(Disk disk, String folder, Timestamp at, Consumer<String> lines)
      throws IOException {
    Manifest manifest = read(disk, folder + "/" + Manifest.NAME);
    if (at.isBefore(manifest.horizon())) {
      throw new IOException(
          "%s is too early: versions before %s may be gone".formatted(at, manifest.horizon()));
    }
    List<TabletFile> open = new ArrayList<>();
    try {
      List<Run> runs = new ArrayList<>();
      for (Manifest.RunInfo run : manifest.runs()) {
        List<TabletFile> files = new ArrayList<>();
        for (FileInfo info : run.files()) {
          TabletFile file = TabletFile.check(disk, folder, info);
          open.add(file);
          files.add(file);
        }
        runs.add(new Run(files, new RangeSet(run.wiped())));
      }
      View view = new View(new Memtable(), List.of(), runs, manifest.horizon());
      RangeChecksum sum = Scans.checksum(view, KeyRange.ALL, at);
      lines.accept(
          "every entry up to %d, at %s: %d rows, %d bytes, checksum %08x"
              .formatted(manifest.flushedIndex(), at, sum.rows(), sum.bytes(), sum.crc()));
    } finally {
      open.forEach(TabletFile::close);
    }
  }

  /**
   * Prints a tablet file's versions, without values, after checking it against its manifest.
   *
   * @param folder the tablet's
   * @param name of the file
   * @param versionsMax how many versions to print at most
   */
  public static void printFile(
      Disk disk, String folder, String name, long versionsMax, Consumer<String> lines)
      throws IOException {
    Manifest manifest = read(disk, folder + "/" + Manifest.NAME);
    FileInfo info =
        manifest.files().stream()
            .filter(file -> file.name().equals(name))
            .findFirst()
            .orElseThrow(
                () -> new IOException("the manifest of " + folder + " names no file " + name));
    lines.accept(describe(info));
    try (TabletFile file = TabletFile.check(disk, folder, info)) {
      Iterator<Map.Entry<VersionedKey, byte[]>> versions = file.all();
      for (long left = versionsMax; left > 0 && versions.hasNext(); left--) {
        Map.Entry<VersionedKey, byte[]> each = versions.next();
        int length = each.getValue().length;
        lines.accept(
            "  %s  %s".formatted(each.getKey(), length == 0 ? "tombstone" : length + " bytes"));
      }
      lines.accept(versions.hasNext() ? "  ..." : "  end");
    }
  }

  private static Manifest read(Disk disk, String path) throws IOException {
    if (!disk.exists(path)) {
      throw new IOException("there is no " + path);
    }
    try (DiskFile file = disk.open(path)) {
      return Manifest.decode(readAll(file), path);
    }
  }

  static ByteBuffer readAll(DiskFile file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
    while (bytes.hasRemaining() && file.read(bytes.position(), bytes) > 0) {}
    return bytes.flip();
  }

  private static String describe(FileInfo file) {
    return "%s: %d bytes, checksum %08x, %d versions from %s to %s, keys %s to %s"
        .formatted(
            file.name(),
            file.bytes(),
            file.crc(),
            file.versions(),
            file.oldest(),
            file.newest(),
            file.firstKey(),
            file.lastKey());
  }
}
