package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.simulator.invariant.Census.Live;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * In the end every group has one leader, all its replicas have caught up, and no transaction is in
 * doubt (reliability C 12).
 */
public final class EverythingSettles implements SettledRule {
  @Override
  public @Nullable String unsettled(Map<GroupId, List<Live>> groups) {
    for (List<Live> replicas : groups.values()) {
      List<Live> leaders = replicas.stream().filter(live -> live.group().leading()).toList();
      if (leaders.size() != 1) {
        return "%s has %d leaders".formatted(replicas.getFirst().place().group(), leaders.size());
      }
      for (Live live : replicas) {
        Observer.Seen seen = live.seen();
        if (live.group().applied() != leaders.getFirst().group().applied()) {
          return "%s has applied %d, its leader %d"
              .formatted(
                  live.place(), live.group().applied(), leaders.getFirst().group().applied());
        }
        if (seen != null && seen.inDoubt().getAsInt() > 0) {
          return "%s has %d transactions in doubt"
              .formatted(live.place(), seen.inDoubt().getAsInt());
        }
      }
    }
    return null;
  }
}
