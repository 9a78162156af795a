package io.meridiandb.sql.exec;

import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PlanColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running plan: pull its batches until null, then close it. Used by one fiber.
 *
 * <p>Errors are {@link io.meridiandb.wire.MeridianException}s; a {@link
 * io.meridiandb.txn.gateway.SchemaChangedException} passes through for the session to plan again,
 * and so does a {@link io.meridiandb.txn.gateway.ConditionFailedException} of a commit, which
 * {@link ConstraintErrors} translates.
 */
public final class Execution implements AutoCloseable {
  private final PhysicalPlan plan;
  private final QueryContext context;
  private final Operator root;

  private Execution(PhysicalPlan plan, QueryContext context, Operator root) {
    this.plan = plan;
    this.context = context;
    this.root = root;
  }

  /** Makes a plan ready to run. Nothing is read yet. */
  public static Execution start(PhysicalPlan plan, QueryContext context) {
    return new Execution(plan, context, Operators.of(plan, context));
  }

  /** The columns of the rows. */
  public List<PlanColumn> columns() {
    return plan.columns();
  }

  /**
   * The next rows, at least one, or null at the end. The first call of an INSERT, UPDATE or DELETE
   * does all its writes.
   */
  public @Nullable List<@Nullable Object[]> next() {
    context.check();
    return root.next();
  }

  /**
   * How many rows an INSERT, UPDATE or DELETE wrote, after its first {@link #next}; -1 for others.
   */
  public long updateCount() {
    return root.updateCount();
  }

  @Override
  public void close() {
    root.close();
    context.memory().close();
  }
}
