package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Looks at all {@link SettledRule}s until each has been seen to hold. */
public final class Settling {
  private final List<SettledRule> open;
  private final Census census;
  private final Supplier<Sight> sight;
  private final Map<String, String> words = new LinkedHashMap<>();

  /** All rules, none of which has been seen to hold. */
  public Settling(Census census, Supplier<Sight> sight) {
    this(
        List.of(
            new EverythingSettles(), new ReplicasAgree(), new OneOwner(), new LocksHaveOwners()),
        census,
        sight);
  }

  Settling(List<SettledRule> rules, Census census, Supplier<Sight> sight) {
    this.open = new ArrayList<>(rules);
    this.census = census;
    this.sight = sight;
  }

  /** Looks; returns whether every rule has been seen to hold. */
  public boolean isSettled() {
    Map<GroupId, List<Census.Live>> groups = census.groups(sight.get());
    open.removeIf(rule -> {
      String unsettled = rule.unsettled(groups);
      words.put(rule.name(), String.valueOf(unsettled));
      return unsettled == null;
    });
    return open.isEmpty();
  }

  /** What did not hold at the last look, by the rules that were never seen to hold. */
  public List<String> unsettled() {
    return open.stream().map(rule -> rule.name() + ": " + words.get(rule.name())).toList();
  }
}
