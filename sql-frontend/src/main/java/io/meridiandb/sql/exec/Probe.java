package io.meridiandb.sql.exec;

import io.meridiandb.sql.plan.physical.PhysicalPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts the rows that operators hand on and the time they take for it. Used by one fiber. */
public final class Probe {
  private final LongSupplier nanos;
  private final List<Counts> all = new ArrayList<>();

  /** What one operator did; the time is that of its inputs too. */
  public static final class Counts {
    private final PhysicalPlan node;
    private long rows;
    private long nanos;

    private Counts(PhysicalPlan node) {
      this.node = node;
    }

    /** Rows handed on. */
    public long rows() {
      return rows;
    }

    /** Nanoseconds in it and in its inputs. */
    public long nanos() {
      return nanos;
    }
  }

  /**
   * Counts nothing yet.
   *
   * @param nanos a clock that only runs forward
   */
  public Probe(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Forgets what was counted: the plan is run anew. */
  public void clear() {
    all.clear();
  }

  /** The counts of a node of the plan that was run; null if it has no operator of its own. */
  @SuppressWarnings("ReferenceEquality") // two equal nodes of a plan are counted apart
  public @Nullable Counts of(PhysicalPlan node) {
    for (Counts counts : all) {
      if (counts.node == node) {
        return counts;
      }
    }
    return null;
  }

  Operator watch(PhysicalPlan node, Operator operator) {
    Counts counts = new Counts(node);
    all.add(counts);
    return new Watched(operator, counts);
  }

  private final class Watched implements Operator {
    private final Operator operator;
    private final Counts counts;

    private Watched(Operator operator, Counts counts) {
      this.operator = operator;
      this.counts = counts;
    }

    @Override
    public @Nullable List<@Nullable Object[]> next() {
      long before = nanos.getAsLong();
      List<@Nullable Object[]> batch = operator.next();
      counts.nanos += nanos.getAsLong() - before;
      counts.rows += batch == null ? 0 : batch.size();
      return batch;
    }

    @Override
    public long updateCount() {
      return operator.updateCount();
    }

    @Override
    public void close() {
      operator.close();
    }
  }
}
