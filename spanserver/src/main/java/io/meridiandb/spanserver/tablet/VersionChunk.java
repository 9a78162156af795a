package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of an export.
 *
 * @param versions from the greatest key down, the versions of a key oldest first: so a version
 *     never arrives after a newer one of its key, and a tombstone that the destination collects
 *     never lets an older version reappear
 * @param next where the following part begins; null if this was the last. A part may be empty and
 *     not the last
 * @param horizon versions that only reads below it could see may be missing: the destination must
 *     refuse such reads too
 */
public record VersionChunk(List<VersionWrite> versions, @Nullable Cursor next, Timestamp horizon) {
  /**
   * A place between two versions.
   *
   * @param key of the version shown last
   * @param timestamp of the version shown last
   */
  public record Cursor(Key key, Timestamp timestamp) {}
}
