package io.meridiandb.row.scan;

import io.meridiandb.row.type.SqlValues;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Groups of rows with their aggregates, in the order in which the groups appeared. NULL is equal to
 * NULL. Used by one fiber or strand.
 */
public final class Groups {
  private final List<AggregateState.Factory> factories;
  private final Map<@Nullable Object, Group> groups = new LinkedHashMap<>();

  /**
   * One group.
   *
   * @param values its grouping values, as its first row had them
   * @param states its aggregates
   */
  public record Group(@Nullable Object[] values, List<AggregateState> states) {
    /** The grouping values with the final values of the aggregates behind. */
    public @Nullable Object[] results() {
      @Nullable Object[] tuple = Arrays.copyOf(values, values.length + states.size());
      for (int i = 0; i < states.size(); i++) {
        tuple[values.length + i] = states.get(i).result();
      }
      return tuple;
    }

    /** The grouping values with the partial states of the aggregates behind. */
    public @Nullable Object[] partials() {
      @Nullable Object[] tuple = Arrays.copyOf(values, values.length + states.size());
      for (int i = 0; i < states.size(); i++) {
        tuple[values.length + i] = states.get(i).partial();
      }
      return tuple;
    }
  }

  /** No groups yet. */
  public Groups(List<AggregateState.Factory> factories) {
    this.factories = List.copyOf(factories);
  }

  /** The group of these values, made if it is new. The array is kept. */
  public Group group(@Nullable Object[] values) {
    Object key = key(values);
    Group group = groups.get(key);
    if (group == null) {
      List<AggregateState> states = factories.stream().map(AggregateState.Factory::create).toList();
      group = new Group(values, states);
      groups.put(key, group);
    }
    return group;
  }

  /** Something with {@code equals} for the values of a row; also for joins and DISTINCT. */
  public static @Nullable Object key(@Nullable Object[] values) {
    if (values.length == 1) {
      return SqlValues.hashable(values[0]);
    }
    @Nullable Object[] key = new Object[values.length];
    for (int i = 0; i < key.length; i++) {
      key[i] = SqlValues.hashable(values[i]);
    }
    return Arrays.asList(key);
  }

  /** How many groups there are. */
  public int size() {
    return groups.size();
  }

  /** All groups. */
  public Collection<Group> all() {
    return groups.values();
  }

  /** Forgets all groups. */
  public void clear() {
    groups.clear();
  }
}
