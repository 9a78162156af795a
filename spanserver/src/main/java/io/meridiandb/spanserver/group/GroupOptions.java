package io.meridiandb.spanserver.group;

import io.meridiandb.spanserver.tablet.TabletOptions;
import java.time.Duration;

/**
 * How a server keeps its groups.
 *
 * @param tablet when tablets write files
 * @param versionRetention how long old versions can be read
 * @param parts how the parts of a group meet
 */
public record GroupOptions(TabletOptions tablet, Duration versionRetention, GroupParts parts) {
  /** Versions are kept for an hour, as in Spanner. */
  public static final GroupOptions DEFAULT =
      new GroupOptions(TabletOptions.DEFAULT, Duration.ofHours(1));

  /** With the parts as they are. */
  public GroupOptions(TabletOptions tablet, Duration versionRetention) {
    this(tablet, versionRetention, GroupParts.PLAIN);
  }

  /** The same with other parts. */
  public GroupOptions with(GroupParts others) {
    return new GroupOptions(tablet, versionRetention, others);
  }
}
