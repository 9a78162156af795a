package io.meridiandb.server.launcher;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.system.FileDisk;
import io.meridiandb.kernel.system.LossyDisk;
import java.nio.file.Path;

/** How a server treats its data folder. */
public enum DiskKind {
  /** As it should be: written to the operating system, forced when the protocol says so. */
  FILE,
  /**
   * For crash tests: bytes that were not forced stay in user space, so that {@code kill -9} loses
   * what a power cut would.
   */
  LOSSY,
  /** For proving that a crash test can fail: forces acknowledge and do nothing. */
  UNFORCED;

  /** A disk of this kind over a data folder. */
  Disk open(Path folder) {
    FileDisk files = new FileDisk(folder);
    return switch (this) {
      case FILE -> files;
      case LOSSY -> new LossyDisk(files, LossyDisk.Forces.HONEST);
      case UNFORCED -> new LossyDisk(files, LossyDisk.Forces.IGNORED);
    };
  }
}
