package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A tablet's folder on the disk: its manifest and what else lies there. Its methods wait for the
 * disk.
 */
final class TabletFolder {
  private static final String MANIFEST_IN_WORK = "MANIFEST.tmp";

  final Disk disk;
  final String path;

  TabletFolder(Disk disk, String path) {
    this.disk = disk;
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
   * Writes a new manifest beside the old one; to be forced and then {@link #install}ed.
   *
   * @return the open file
   */
  DiskFile prepare(Manifest manifest) throws IOException {
    DiskFile file = disk.open(path + "/" + MANIFEST_IN_WORK);
    ByteBuffer bytes = manifest.encode();
    file.setSize(0);
    file.preallocate(bytes.remaining());
    file.write(0, bytes);
    return file;
  }

  /** Puts the new manifest in the place of the old one: this is the moment of a checkpoint. */
  void install() throws IOException {
    disk.rename(path + "/" + MANIFEST_IN_WORK, path + "/" + Manifest.NAME);
    disk.forceFolder(path);
  }

  /** Gives the manifest and all files other names: the folder is that of an empty tablet then. */
  void putAside() throws IOException {
    for (String name : disk.list(path)) {
      if (name.equals(Manifest.NAME) || name.endsWith(FileInfo.SUFFIX)) {
        disk.rename(path + "/" + name, path + "/" + name + TabletFile.QUARANTINE);
      }
    }
    disk.forceFolder(path);
  }

  /** Deletes all that is here, the manifest first: without it this is an empty tablet's folder. */
  void deleteAll() throws IOException {
    if (!disk.exists(path)) {
      return;
    }
    String manifest = path + "/" + Manifest.NAME;
    if (disk.exists(manifest)) {
      disk.delete(manifest);
      disk.forceFolder(path);
    }
    for (String name : disk.list(path)) {
      disk.delete(path + "/" + name);
    }
    disk.forceFolder(path);
  }

  /** Deletes what was put aside. */
  void deleteDamaged() throws IOException {
    for (String name : disk.list(path)) {
      if (name.endsWith(TabletFile.QUARANTINE)) {
        disk.delete(path + "/" + name);
      }
    }
  }

  /** The manifest of an image of which a part is here; null if there is none of use. */
  @Nullable Manifest unfinished() throws IOException {
    String part = path + "/" + CheckpointInstall.MANIFEST_PART;
    if (!disk.exists(part)) {
      return null;
    }
    try (DiskFile file = disk.open(part)) {
      return Manifest.decode(TabletInspector.readAll(file), part);
    } catch (TabletDamagedException | TabletFormatException e) {
      return null; // it was not forced yet, or nobody here can go on with it
    }
  }

  /** Deletes what is left of an image that was not finished. */
  void deleteParts() throws IOException {
    for (String name : disk.list(path)) {
      if (name.endsWith(CheckpointInstall.SUFFIX)) {
        disk.delete(path + "/" + name);
      }
    }
  }

  /** Deletes files that a crash left behind: those the manifest does not name. */
  void deleteLeftovers(Manifest manifest) throws IOException {
    Set<String> wanted = new TreeSet<>();
    manifest.files().forEach(file -> wanted.add(file.name()));
    Manifest coming = unfinished();
    boolean parts = coming != null && coming.flushedIndex() > manifest.flushedIndex();
    for (String name : disk.list(path)) {
      boolean unnamed = name.endsWith(FileInfo.SUFFIX) && !wanted.contains(name);
      boolean useless = name.endsWith(CheckpointInstall.SUFFIX) && !parts;
      if (unnamed || useless || name.equals(MANIFEST_IN_WORK)) {
        disk.delete(path + "/" + name);
      }
    }
  }
}
