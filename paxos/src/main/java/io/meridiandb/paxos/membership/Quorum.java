package io.meridiandb.paxos.membership;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.ServerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whose agreement is needed: a majority of each of one or more sets of voters. One set is the usual
 * configuration; two stand for a joint one, while members change.
 */
public final class Quorum {
  private final List<SortedSet<ServerId>> sets;
  private final SortedSet<ServerId> voters;

  /**
   * All of these majorities are needed.
   *
   * @param sets the voters; none is empty
   */
  public Quorum(List<SortedSet<ServerId>> sets) {
    this.sets = List.copyOf(sets);
    Invariants.check(!sets.isEmpty(), "a quorum needs voters");
    SortedSet<ServerId> all = new TreeSet<>();
    for (SortedSet<ServerId> set : sets) {
      Invariants.check(!set.isEmpty(), "a quorum needs voters");
      all.addAll(set);
    }
    this.voters = Collections.unmodifiableSortedSet(all);
  }

  /** A majority of {@code voters}. */
  public static Quorum majorityOf(Collection<ServerId> voters) {
    return new Quorum(List.of(new TreeSet<>(voters)));
  }

  /** The sets a majority of each of which is needed. */
  public List<SortedSet<ServerId>> sets() {
    return sets;
  }

  /** All voters of all sets, in order. */
  public SortedSet<ServerId> voters() {
    return voters;
  }

  /** Whether those for whom {@code agrees} holds are enough. */
  public boolean reachedBy(Predicate<ServerId> agrees) {
    for (SortedSet<ServerId> set : sets) {
      int agreeing = 0;
      for (ServerId voter : set) {
        agreeing += agrees.test(voter) ? 1 : 0;
      }
      if (2 * agreeing <= set.size()) {
        return false;
      }
    }
    return true;
  }

  /** The greatest value that enough voters have reached: {@code value} gives each one's. */
  public <T extends Comparable<T>> T reached(Function<ServerId, T> value) {
    T least = reached(sets.getFirst(), value);
    for (SortedSet<ServerId> set : sets.subList(1, sets.size())) {
      T here = reached(set, value);
      least = here.compareTo(least) < 0 ? here : least;
    }
    return least;
  }

  private static <T extends Comparable<T>> T reached(
      SortedSet<ServerId> set, Function<ServerId, T> value) {
    List<T> values = new ArrayList<>(set.size());
    for (ServerId voter : set) {
      values.add(value.apply(voter));
    }
    Collections.sort(values);
    return values.get((set.size() - 1) / 2);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Quorum that && sets.equals(that.sets);
  }

  @Override
  public int hashCode() {
    return sets.hashCode();
  }

  @Override
  public String toString() {
    return sets.toString();
  }
}
