package io.meridiandb.kernel.system;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server's data folder, held by this process alone. The file {@code LOCK} is locked as long as
 * the folder is open. The file {@code IDENTITY} says whose folder it is, and counts its starts: the
 * incarnation is raised durably before the server sends anything (protocol G2, G3).
 *
 * <p>Two servers with one identity would vote twice, and one that comes back from a backup has
 * forgotten its votes. So {@code IDENTITY} holds a mark of this very folder: the inode numbers of
 * the folder and of {@code LOCK}, and when {@code LOCK} was created. A copy or a restored backup
 * has others and is refused; a renamed folder has the same and is taken. The snapshot of a whole
 * disk cannot be told from its original this way.
 */
public final class DataFolder implements AutoCloseable {
  private static final String LOCK = "LOCK";

  private final Path path;
  private final FileChannel lockFile;
  private final ServerIdentity identity;

  private DataFolder(Path path, FileChannel lockFile, ServerIdentity identity) {
    this.path = path;
    this.lockFile = lockFile;
    this.identity = identity;
  }

  /** Whether a server's identity was ever written here. */
  public static boolean isInitialized(Path folder) {
    return Files.exists(folder.resolve(IdentityFile.NAME));
  }

  /**
   * Makes a folder the data folder of a new server; its parents are made as well.
   *
   * @throws DataFolderException if it is one already, holds other files, or cannot be written
   */
  public static void initialize(Path folder, UniverseId universe, ServerId server)
      throws IOException {
    try {
      Files.createDirectories(folder);
      if (isInitialized(folder)) {
        throw new DataFolderException(
            "%s is a data folder already; give an empty folder".formatted(folder));
      }
      FileChannel lockFile = lock(folder);
      try (lockFile) {
        FileDisk.forceNames(folder);
        IdentityFile file = new IdentityFile(new ServerIdentity(universe, server, 0), mark(folder));
        file.write(folder);
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
          FileDisk.forceNames(parent);
        }
      }
    } catch (AccessDeniedException e) {
      throw notWritable(folder, e);
    }
  }

  /**
   * Opens a server's folder and raises its incarnation.
   *
   * @param universe the universe it must belong to
   * @param server the server it must belong to
   * @throws DataFolderException if it is another's, in use, a copy, or not a data folder
   */
  public static DataFolder open(Path folder, UniverseId universe, ServerId server)
      throws IOException {
    if (!isInitialized(folder)) {
      throw new DataFolderException(
          "%s is not a data folder (it has no IDENTITY); run `meridian init` first"
              .formatted(folder));
    }
    FileChannel lockFile = null;
    try {
      lockFile = lock(folder);
      ServerIdentity next = raise(folder, universe, server);
      DataFolder opened = new DataFolder(folder, lockFile, next);
      lockFile = null;
      return opened;
    } catch (AccessDeniedException e) {
      throw notWritable(folder, e);
    } finally {
      if (lockFile != null) {
        lockFile.close();
      }
    }
  }

  private static ServerIdentity raise(Path folder, UniverseId universe, ServerId server)
      throws IOException {
    IdentityFile found = IdentityFile.read(folder);
    ServerIdentity old = found.identity();
    if (!old.universe().equals(universe)) {
      throw new DataFolderException(
          "%s belongs to universe %s, not to %s; give this server a folder of its own"
              .formatted(folder, old.universe(), universe));
    }
    if (!old.server().equals(server)) {
      throw new DataFolderException(
          "%s belongs to %s, not to %s; give each server a folder of its own"
              .formatted(folder, old.server(), server));
    }
    String mark = mark(folder);
    if (!found.mark().equals(mark)) {
      throw new DataFolderException(
          ("%s is a copy or a restored backup of the folder of %s (mark %s, expected %s). Two servers"
                  + " with one identity, or one that forgot its votes, would lose data. Start from"
                  + " the original folder, or replace the server by a new one with an empty folder.")
              .formatted(folder, old.server(), mark, found.mark()));
    }
    ServerIdentity next = new ServerIdentity(universe, server, old.incarnation() + 1);
    new IdentityFile(next, mark).write(folder);
    return next;
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock held = null;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw inUse(folder, e);
    }
    if (held == null) {
      channel.close();
      throw inUse(folder, null);
    }
    return channel;
  }

  private static DataFolderException inUse(Path folder, @Nullable Throwable cause) {
    String text =
        "%s is in use by a running server; stop that one first, or give another folder"
            .formatted(folder);
    return cause == null ? new DataFolderException(text) : new DataFolderException(text, cause);
  }

  private static DataFolderException notWritable(Path folder, AccessDeniedException cause) {
    return new DataFolderException(
        "%s cannot be written (%s); check its owner and mode, or give another folder"
            .formatted(folder, cause.getFile()),
        cause);
  }

  /** What a copy of this folder cannot have as well; LOCK is never written, so its times stay. */
  private static String mark(Path folder) throws IOException {
    Path lock = folder.resolve(LOCK);
    FileTime created = (FileTime) Files.getAttribute(lock, "creationTime");
    return "%s-%s-%d"
        .formatted(
            Files.getAttribute(folder, "unix:ino"),
            Files.getAttribute(lock, "unix:ino"),
            created.to(TimeUnit.NANOSECONDS));
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Who the server is in this start. */
  public ServerIdentity identity() {
    return identity;
  }

  /** Lets go of the folder. */
  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
