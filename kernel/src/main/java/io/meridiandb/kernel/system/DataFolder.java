package io.meridiandb.kernel.system;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

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

  /**
   * What a folder that is called empty may hold: traces of an init that was cut off, and ext4's.
   */
  private static final List<String> NOBODYS_FILES =
      List.of(LOCK, IdentityFile.FRESH_NAME, "lost+found");

  private final Path path;
  private final FolderLock lock;
  private final ServerIdentity identity;

  private DataFolder(Path path, FolderLock lock, ServerIdentity identity) {
    this.path = path;
    this.lock = lock;
    this.identity = identity;
  }

  /** Whether a server's identity was ever written here. */
  public static boolean isInitialized(Path folder) {
    return Files.exists(folder.resolve(IdentityFile.NAME));
  }

  /**
   * Whose folder it is, without opening it; incarnation 0 if it was never opened.
   *
   * @throws DataFolderException if its identity is damaged
   */
  public static ServerIdentity owner(Path folder) throws IOException {
    return IdentityFile.read(folder).identity();
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
      checkEmpty(folder);
      try (FolderLock held = FolderLock.take(folder, LOCK)) {
        FileDisk.forceNames(held.folder());
        new IdentityFile(new ServerIdentity(universe, server, 0), mark(folder)).write(folder);
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
          FileDisk.forceNames(parent);
        }
      }
    } catch (FileSystemException e) {
      throw unusable(folder, e);
    }
  }

  private static void checkEmpty(Path folder) throws IOException {
    if (isInitialized(folder)) {
      ServerIdentity found = IdentityFile.read(folder).identity();
      throw new DataFolderException(
          "%s is already the data folder of %s in universe %s; give an empty folder"
              .formatted(folder, found.server(), found.universe()));
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<String> foreign =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !NOBODYS_FILES.contains(name))
              .sorted()
              .toList();
      if (!foreign.isEmpty()) {
        throw new DataFolderException(
            "%s is not empty (it holds %s) and not a data folder; give an empty folder"
                .formatted(folder, foreign.getFirst()));
      }
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
    if (!Files.exists(folder.resolve(LOCK))) {
      throw new DataFolderException(
          ("%s has lost its file LOCK, without which it cannot be told from a copy. Put the original"
                  + " file back, or replace the server by a new one with an empty folder.")
              .formatted(folder));
    }
    FolderLock held = null;
    try {
      held = FolderLock.take(folder, LOCK);
      ServerIdentity next = raise(folder, universe, server);
      DataFolder opened = new DataFolder(folder, held, next);
      held = null;
      return opened;
    } catch (FileSystemException e) {
      throw unusable(folder, e);
    } finally {
      if (held != null) {
        held.close();
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

  private static DataFolderException unusable(Path folder, FileSystemException cause) {
    String reason =
        cause instanceof AccessDeniedException ? "permission denied" : cause.getReason();
    return new DataFolderException(
        "%s cannot be used as a data folder (%s: %s); check its place, owner and mode, or give another folder"
            .formatted(
                folder,
                cause.getFile(),
                reason == null ? cause.getClass().getSimpleName() : reason),
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
    lock.close();
  }
}
