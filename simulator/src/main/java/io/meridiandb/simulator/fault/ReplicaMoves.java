package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.universe.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The zones of a placement's replicas, and small changes of them: somewhere else, one more, one
 * less, a vote given or taken. Witnesses only move, since a server does not become one of a group
 * whose data it has.
 */
final class ReplicaMoves {
  private static final int VOTES_MAX = 5;
  private static final int STEPS = 5;

  private final List<String> full;
  private final List<String> witnesses;
  private final List<String> readOnly;

  private ReplicaMoves(List<String> full, List<String> witnesses, List<String> readOnly) {
    this.full = full;
    this.witnesses = witnesses;
    this.readOnly = readOnly;
  }

  /** As {@code meridian_sys.placements} tells them: voters, witnesses, read-only replicas. */
  static ReplicaMoves of(List<String> lists) {
    return new ReplicaMoves(zones(lists.get(0)), zones(lists.get(1)), zones(lists.get(2)));
  }

  private static List<String> zones(String list) {
    List<String> zones = new ArrayList<>();
    for (String zone : list.split(",", -1)) {
      if (!zone.isBlank()) {
        zones.add(zone.strip());
      }
    }
    return zones;
  }

  /** Makes one change, the first possible one from a drawn one on, and says the new options. */
  String step(RandomSource random, Shape shape) {
    List<String> free = new ArrayList<>(shape.topology().zones());
    free.removeAll(full);
    free.removeAll(witnesses);
    free.removeAll(readOnly);
    int first = random.nextInt(STEPS);
    boolean done = false;
    for (int i = 0; i < STEPS && !done; i++) {
      done =
          switch ((first + i) % STEPS) {
            case 0 -> replace(full, free, random);
            case 1 -> replace(witnesses, free, random);
            case 2 -> full.size() + witnesses.size() < VOTES_MAX && pass(free, full, random);
            case 3 -> full.size() > 1 && pass(full, readOnly, random);
            default -> pass(readOnly, full, random);
          };
    }
    return "leader = '%s', voters = '%s', witnesses = '%s', read_only = '%s'"
        .formatted(
            full.getFirst(),
            String.join(",", full),
            String.join(",", witnesses),
            String.join(",", readOnly));
  }

  private static boolean replace(List<String> zones, List<String> free, RandomSource random) {
    if (zones.isEmpty() || free.isEmpty()) {
      return false;
    }
    zones.set(random.nextInt(zones.size()), free.remove(random.nextInt(free.size())));
    return true;
  }

  private static boolean pass(List<String> from, List<String> to, RandomSource random) {
    if (from.isEmpty()) {
      return false;
    }
    to.add(from.remove(random.nextInt(from.size())));
    return true;
  }
}
