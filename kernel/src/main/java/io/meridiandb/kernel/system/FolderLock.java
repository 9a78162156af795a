package io.meridiandb.kernel.system;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A folder held by one user: an exclusive lock of a file in it keeps other processes out; it goes
 * with its process, however that ends.
 */
final class FolderLock implements AutoCloseable {
  /**
   * Folders held by this process. The file's lock alone is not enough: POSIX drops all locks that a
   * process has on a file as soon as it closes any of its handles, so a second attempt within the
   * process must be refused before it opens the file.
   */
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;
  private final AtomicBoolean open = new AtomicBoolean(true);

  private FolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Locks a folder.
   *
   * @param name of the file to lock; it is made if it is not there, and stays empty
   * @throws DataFolderException if somebody holds the folder
   */
  static FolderLock take(Path folder, String name) throws IOException {
    Path real = folder.toRealPath();
    if (!HELD_HERE.add(real)) {
      throw inUse(folder, "by this process");
    }
    FolderLock taken = null;
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(real.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(folder, "by another process");
      }
      taken = new FolderLock(real, channel);
      return taken;
    } finally {
      if (taken == null) {
        HELD_HERE.remove(real);
        if (channel != null) {
          channel.close();
        }
      }
    }
  }

  private static DataFolderException inUse(Path folder, String byWhom) {
    return new DataFolderException(
        "%s is in use %s: a server runs on it; stop that one first, or give another folder"
            .formatted(folder, byWhom));
  }

  /** What is held. */
  Path folder() {
    return folder;
  }

  /** Lets go of the folder; a second call does nothing. */
  @Override
  public void close() throws IOException {
    if (open.compareAndSet(true, false)) {
      try {
        channel.close();
      } finally {
        HELD_HERE.remove(folder);
      }
    }
  }
}
