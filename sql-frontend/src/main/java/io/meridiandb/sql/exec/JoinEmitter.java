package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.sql.plan.physical.JoinType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the kinds of joins give for a left row and the right rows that may match it. */
final class JoinEmitter {
  private final JoinType type;
  private final @Nullable Evaluator condition;
  private final int leftColumns;
  private final int rightColumns;

  /** A right row, and whether any left row matched it. */
  static final class Candidate {
    private final @Nullable Object[] row;
    private boolean matched;

    Candidate(@Nullable Object[] row) {
      this.row = row;
    }

    @Nullable Object[] row() {
      return row;
    }
  }

  JoinEmitter(JoinType type, @Nullable Evaluator condition, int leftColumns, int rightColumns) {
    this.type = type;
    this.condition = condition;
    this.leftColumns = leftColumns;
    this.rightColumns = rightColumns;
  }

  /** Adds to {@code out} what the join gives for a left row. */
  void emit(@Nullable Object[] left, List<Candidate> candidates, List<@Nullable Object[]> out) {
    boolean any = false;
    for (Candidate candidate : candidates) {
      if (type.leftColumnsOnly() && condition == null) {
        any = true;
        break;
      }
      @Nullable Object[] joined = joined(left, candidate.row);
      if (condition != null && !condition.test(joined)) {
        continue;
      }
      any = true;
      candidate.matched = true;
      if (type.leftColumnsOnly()) {
        break;
      }
      out.add(joined);
    }
    if (type == JoinType.SEMI ? any : type == JoinType.ANTI && !any) {
      out.add(left);
    } else if (type.keepsLeft() && !any) {
      out.add(Arrays.copyOf(left, leftColumns + rightColumns));
    }
  }

  /** Adds the right rows that no left row has matched, for RIGHT and FULL. */
  void emitUnmatched(List<Candidate> candidates, List<@Nullable Object[]> out) {
    for (Candidate candidate : candidates) {
      if (!candidate.matched) {
        out.add(joined(new Object[leftColumns], candidate.row));
      }
    }
  }

  private @Nullable Object[] joined(@Nullable Object[] left, @Nullable Object[] right) {
    @Nullable Object[] joined = Arrays.copyOf(left, leftColumns + rightColumns);
    System.arraycopy(right, 0, joined, leftColumns, rightColumns);
    return joined;
  }
}
