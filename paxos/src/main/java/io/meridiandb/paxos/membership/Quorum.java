package io.meridiandb.paxos.membership;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.ServerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Whose agreement is needed: a majority of each of one or more sets of voters. One set is the usual
 * configuration; two stand for a joint one, while members change.
 *
 * @param sets the voters; none is empty
 */
public record Quorum(List<SortedSet<ServerId>> sets) {
  public Quorum {
    sets = List.copyOf(sets);
    Invariants.check(!sets.isEmpty(), "a quorum needs voters");
    for (SortedSet<ServerId> set : sets) {
      Invariants.check(!set.isEmpty(), "a quorum needs voters");
    }
  }

  /** A majority of {@code voters}. */
  public static Quorum majorityOf(Collection<ServerId> voters) {
    return new Quorum(List.of(new TreeSet<>(voters)));
  }

  /** All voters of all sets, in order. */
  public SortedSet<ServerId> voters() {
    SortedSet<ServerId> all = new TreeSet<>();
    sets.forEach(all::addAll);
    return all;
  }

  /** Whether those for whom {@code agrees} holds are enough. */
  public boolean reachedBy(Predicate<ServerId> agrees) {
    for (SortedSet<ServerId> set : sets) {
      if (2 * set.stream().filter(agrees).count() <= set.size()) {
        return false;
      }
    }
    return true;
  }

  /** The greatest value that enough voters have reached: {@code value} gives each one's. */
  public <T extends Comparable<T>> T reached(Function<ServerId, T> value) {
    List<T> perSet = new ArrayList<>();
    for (SortedSet<ServerId> set : sets) {
      List<T> values = new ArrayList<>();
      set.forEach(voter -> values.add(value.apply(voter)));
      values.sort(Comparator.reverseOrder());
      perSet.add(values.get(set.size() / 2));
    }
    return Collections.min(perSet);
  }
}
