package io.meridiandb.paxos.log;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.DiskFullException;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.strand.Fibers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The log's folder. Segments are named by their id; {@code spare.log} is one that waits for its
 * first use or its next: every segment begins as the spare, and a segment that nobody needs becomes
 * it again, so that appends go to blocks that the file system has already given out. {@code
 * reserve.log} is a second one, for the time when the disk is full.
 */
final class LogFiles {
  static final String FOLDER = "log";
  static final String SPARE = FOLDER + "/spare.log";
  static final String RESERVE = FOLDER + "/reserve.log";
  private static final String IN_WORK = FOLDER + "/spare.tmp";

  /** How long a force may take before the disk counts as dead. */
  private static final Duration FORCE_TIMEOUT = Duration.ofMinutes(5);

  private static final Pattern NAME = Pattern.compile("\\d{16}\\.log");

  private final Disk disk;
  private final UniverseId universe;
  private final ServerId server;

  LogFiles(Disk disk, UniverseId universe, ServerId server) {
    this.disk = disk;
    this.universe = universe;
    this.server = server;
  }

  static String path(long segment) {
    return FOLDER + "/%016d.log".formatted(segment);
  }

  /** Ids of the segments, rising; makes the folder if it is not there. */
  List<Long> list() throws IOException {
    if (!disk.exists(FOLDER)) {
      disk.createFolders(FOLDER);
      disk.forceFolder("");
    }
    List<Long> ids = new ArrayList<>();
    for (String name : disk.list(FOLDER)) {
      if (NAME.matcher(name).matches()) {
        ids.add(Long.parseLong(name.substring(0, 16)));
      }
    }
    return ids;
  }

  DiskFile open(long segment) throws IOException {
    return disk.open(path(segment));
  }

  /** Whether the header names this universe, this server and this place in the folder. */
  void checkOwner(SegmentHeader header, long segment) {
    if (!header.universe().equals(universe) || !header.server().equals(server)) {
      throw new LogDamagedException(
          "%s belongs to %s of universe %s, but this is %s of universe %s; the data folder was copied or mixed up"
              .formatted(path(segment), header.server(), header.universe(), server, universe));
    }
  }

  /** Size of the spare, or of the reserve, in bytes; 0 if there is none. */
  long bytesOf(String unused) throws IOException {
    if (!disk.exists(unused)) {
      return 0;
    }
    try (DiskFile file = disk.open(unused)) {
      return file.size();
    }
  }

  /**
   * Makes a spare or a reserve; on a fiber.
   *
   * @throws DiskFullException if there is no room; nothing is left behind
   */
  void make(String unused, long bytes, Fibers fibers) throws IOException {
    try (DiskFile file = disk.open(IN_WORK)) {
      file.preallocate(bytes);
      // Forced here, or the first force of the segment would have to write all these zeroes.
      fibers.await(file.force(), FORCE_TIMEOUT);
    } catch (DiskFullException e) {
      disk.delete(IN_WORK);
      throw e;
    }
    disk.rename(IN_WORK, unused);
    disk.forceFolder(FOLDER);
  }

  /**
   * The spare, or the reserve, becomes segment {@code id}; the future completes when its header is
   * durable.
   */
  CompletableFuture<Segment> use(String unused, long id, long firstSequence) throws IOException {
    disk.rename(unused, path(id));
    // The name first: a header that is durable under the file's former name would look damaged.
    disk.forceFolder(FOLDER);
    DiskFile file = disk.open(path(id));
    file.write(0, new SegmentHeader(universe, server, id, firstSequence, file.size()).encode());
    Segment segment = new Segment(id, file, SegmentHeader.BYTES);
    return file.force().thenApply(done -> segment);
  }

  /**
   * Lets a segment go that nobody needs.
   *
   * @param as what it becomes: the spare, the reserve, or nothing if null
   */
  void release(Segment segment, @Nullable String as) throws IOException {
    segment.file.close();
    if (as != null) {
      disk.rename(path(segment.id), as);
    } else {
      disk.delete(path(segment.id));
    }
    // One at a time, so that a crash never leaves a hole in the row of segments.
    disk.forceFolder(FOLDER);
  }

  void drop(String unused) throws IOException {
    disk.delete(unused);
    disk.forceFolder(FOLDER);
  }

  /** A segment whose header never became durable holds nothing: it is deleted. */
  void dropUnused(long segment) throws IOException {
    disk.delete(path(segment));
    disk.forceFolder(FOLDER);
  }
}
