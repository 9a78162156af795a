package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.simulator.invariant.Census.Live;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * No lock outlives whom it belongs to: without clients a leader soon holds none (reliability C 13).
 */
public final class LocksHaveOwners implements SettledRule {
  private final Set<GroupId> free = new LinkedHashSet<>();

  @Override
  public @Nullable String unsettled(Map<GroupId, List<Live>> groups) {
    String words = null;
    for (List<Live> replicas : groups.values()) {
      for (Live live : replicas) {
        Observer.Seen seen = live.seen();
        if (seen != null && live.group().leading()) {
          int holders = seen.lockHolders().getAsInt();
          if (holders == 0) {
            free.add(live.place().group());
          } else if (!free.contains(live.place().group())) {
            words = "%s still has locks of %d transactions".formatted(live.place(), holders);
          }
        }
      }
    }
    return words;
  }
}
