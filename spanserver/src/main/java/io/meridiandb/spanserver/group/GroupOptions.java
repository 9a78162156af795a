package io.meridiandb.spanserver.group;

import io.meridiandb.spanserver.tablet.TabletOptions;
import java.time.Duration;

/**
 * How a server keeps its groups.
 *
 * @param tablet when tablets write files
 * @param versionRetention how long old versions can be read
 */
public record GroupOptions(TabletOptions tablet, Duration versionRetention) {
  /** Versions are kept for an hour, as in Spanner. */
  public static final GroupOptions DEFAULT =
      new GroupOptions(TabletOptions.DEFAULT, Duration.ofHours(1));
}
