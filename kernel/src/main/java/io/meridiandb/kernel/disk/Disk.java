package io.meridiandb.kernel.disk;

import java.io.IOException;
import java.util.List;

/**
 * The data folder of one server. Paths are relative to it, with {@code /} between names. A new or
 * renamed file survives a crash only after {@link #forceFolder}; bytes only after {@link
 * DiskFile#force}. Files that MapDB reads are mapped read-only and never written again.
 *
 * <p>Any error of a force, and any error of a write but "no space" met while preallocating, is
 * final for the server (fail-stop): the caller reports it and stops.
 */
public interface Disk {
  /** Opens a file for reading and writing, making it if it is not there. */
  DiskFile open(String path) throws IOException;

  /** Whether the file or folder exists. */
  boolean exists(String path);

  /** The names in a folder, sorted; empty if the folder does not exist. */
  List<String> list(String folder) throws IOException;

  /** Makes a folder and those above it. */
  void createFolders(String folder) throws IOException;

  /** Puts {@code from} in place of {@code to} in one step. */
  void rename(String from, String to) throws IOException;

  /** Makes {@code to} a second name of the same bytes (for splits). */
  void link(String from, String to) throws IOException;

  /** Deletes a file; no error if it is not there. */
  void delete(String path) throws IOException;

  /** Makes the names in {@code folder} durable; the empty string is the data folder itself. */
  void forceFolder(String folder) throws IOException;

  /** Maps a whole file read-only. */
  MappedFile map(String path) throws IOException;
}
