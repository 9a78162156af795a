package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule that holds at some moment soon after all faults are healed and all clients have gone: too
 * dear to be looked at after every event, or not true at every moment.
 */
public interface SettledRule {
  /** What is not as it must be in the end, in words; null if it is. */
  @Nullable String unsettled(Map<GroupId, List<Census.Live>> groups);

  /** Its name, for reports. */
  default String name() {
    return getClass().getSimpleName();
  }
}
