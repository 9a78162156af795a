package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.simulator.invariant.Census.Live;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replicas that have applied as much hold the same rows at the same timestamps, now and as they
 * were (reliability C 10).
 */
public final class ReplicasAgree implements SettledRule {
  private static final int FACTOR = 31;
  private static final List<Duration> BEFORE =
      List.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(4));

  private final Set<GroupId> agreed = new LinkedHashSet<>();

  @Override
  public @Nullable String unsettled(Map<GroupId, List<Live>> groups) {
    for (Map.Entry<GroupId, List<Live>> group : groups.entrySet()) {
      if (!agreed.contains(group.getKey())) {
        List<Live> holders = group.getValue().stream().filter(live -> live.seen() != null).toList();
        Live first = holders.getFirst();
        for (Live other : holders) {
          String words = difference(first, other);
          if (words != null) {
            return words;
          }
        }
        agreed.add(group.getKey());
      }
    }
    return null;
  }

  private static @Nullable String difference(Live one, Live other) {
    if (one.group().applied() != other.group().applied()) {
      return "%s and %s have not applied as much".formatted(one.place(), other.place());
    }
    Observer.Seen here = one.seen();
    Observer.Seen there = other.seen();
    if (here == null || there == null) {
      return null;
    }
    Timestamp newest = sum(here, Timestamp.MAX).newest;
    for (Duration before : BEFORE) {
      Timestamp at = newest.plus(before.negated());
      if (!sum(here, at).equals(sum(there, at))) {
        return "%s and %s hold different rows at %s, both after entry %d"
            .formatted(one.place(), other.place(), at, one.group().applied());
      }
    }
    return null;
  }

  /**
   * What a scan saw.
   *
   * @param newest the newest version
   */
  private record Sum(long hash, Timestamp newest) {}

  private static Sum sum(Observer.Seen seen, Timestamp at) {
    long[] sum = new long[1];
    Timestamp[] newest = {Timestamp.MIN};
    seen.store()
        .scan(
            KeyRange.ALL,
            false,
            at,
            (key, version) -> {
              byte[] value = version.value();
              newest[0] = Timestamp.max(newest[0], version.timestamp());
              if (value != null) {
                sum[0] = FACTOR * sum[0] + Arrays.hashCode(key.bytes());
                sum[0] = FACTOR * sum[0] + version.timestamp().nanos();
                sum[0] = FACTOR * sum[0] + Arrays.hashCode(value);
              }
              return true;
            });
    return new Sum(sum[0], newest[0]);
  }
}
