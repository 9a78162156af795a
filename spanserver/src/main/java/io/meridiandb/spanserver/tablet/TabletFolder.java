package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.strand.Fibers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.TreeSet;
import java.util.Set;

/** A tablet's folder on the disk: its manifest and what else lies there. Used on fibers. */
final class TabletFolder {
  private static final String MANIFEST_IN_WORK = "MANIFEST.tmp";

  final Disk disk;
  final Fibers fibers;
  final String path;

  TabletFolder(Disk disk, Fibers fibers, String path) {
    this.disk = disk;
    this.fibers = fibers;
    this.path = path;
  }

  /** The manifest; that of an empty tablet, with a new folder, if there is none. */
  Manifest read() throws IOException {
    if (!disk.exists(path)) {
      disk.createFolders(path);
      for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        disk.forceFolder(path.substring(0, slash));
      }
      disk.forceFolder("");
    }
    String manifest = path + "/" + Manifest.NAME;
    if (!disk.exists(manifest)) {
      return Manifest.EMPTY;
    }
    try (DiskFile file = disk.open(manifest)) {
      return Manifest.decode(TabletInspector.readAll(file), manifest);
    }
  }

  /**
   * Puts a new manifest in the place of the old one, durably; this is the moment of a checkpoint.
   */
  void write(Manifest manifest) throws IOException {
    String work = path + "/" + MANIFEST_IN_WORK;
    ByteBuffer bytes = manifest.encode();
    try (DiskFile file = disk.open(work)) {
      file.setSize(0);
      file.preallocate(bytes.remaining());
      file.write(0, bytes);
      fibers.await(file.force(), FileBuilder.FORCE_TIMEOUT);
    }
    disk.rename(work, path + "/" + Manifest.NAME);
    disk.forceFolder(path);
  }

  /** Deletes files that a crash left behind: those the manifest does not name. */
  void deleteLeftovers(Manifest manifest) throws IOException {
    Set<String> wanted = new TreeSet<>();
    manifest.runs().forEach(run -> run.forEach(file -> wanted.add(file.name())));
    for (String name : disk.list(path)) {
      if ((name.endsWith(".tab") && !wanted.contains(name)) || name.equals(MANIFEST_IN_WORK)) {
        disk.delete(path + "/" + name);
      }
    }
  }

  /**
   * Deletes a file that no manifest names any more; if a crash undoes it, the next start repeats
   * it.
   */
  void delete(TabletFile file) throws IOException {
    disk.delete(file.path);
  }
}
