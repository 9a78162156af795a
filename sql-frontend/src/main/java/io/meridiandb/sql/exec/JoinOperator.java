package io.meridiandb.sql.exec;

import io.meridiandb.sql.exec.JoinEmitter.Candidate;
import io.meridiandb.sql.plan.physical.JoinType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Joins each left row with rows of the right input, which is read first and kept in memory. */
final class JoinOperator implements Operator {
  /**
   * Rows after which a batch is handed on, so that a product of two inputs is never whole in
   * memory.
   */
  private static final int ROWS_WANTED = 1_024;

  private final Operator left;
  private final Operator right;
  private final JoinType type;
  private final RightRows rightRows;
  private final JoinEmitter emitter;
  private final QueryContext context;
  private final List<Candidate> all = new ArrayList<>();
  private List<@Nullable Object[]> batch = List.of();
  private int position;
  private boolean built;
  private boolean leftEnded;

  /** How right rows are found again. */
  interface RightRows {
    /** Takes a right row in; false if no left row can match it. */
    boolean add(Candidate candidate);

    /** The right rows that may match a left row. */
    List<Candidate> candidates(@Nullable Object[] left);
  }

  /** The two inputs and how they are joined. */
  record Inputs(Operator left, Operator right, JoinType type) {}

  JoinOperator(Inputs inputs, RightRows rightRows, JoinEmitter emitter, QueryContext context) {
    this.left = inputs.left;
    this.right = inputs.right;
    this.type = inputs.type;
    this.rightRows = rightRows;
    this.emitter = emitter;
    this.context = context;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    if (!built) {
      build();
      built = true;
    }
    boolean nothingLeft = all.isEmpty() && (type == JoinType.INNER || type == JoinType.SEMI);
    List<@Nullable Object[]> out = new ArrayList<>();
    while (out.size() < ROWS_WANTED && !leftEnded && !nothingLeft) {
      context.check(); // for each left row: it may match very many
      if (position == batch.size()) {
        nextBatch(out);
      } else {
        @Nullable Object[] row = batch.get(position++);
        emitter.emit(row, rightRows.candidates(row), out);
      }
    }
    return out.isEmpty() ? null : out;
  }

  private void nextBatch(List<@Nullable Object[]> out) {
    List<@Nullable Object[]> next = left.next();
    position = 0;
    if (next != null) {
      batch = next;
      return;
    }
    batch = List.of();
    leftEnded = true;
    if (type.keepsRight()) {
      emitter.emitUnmatched(all, out);
    }
  }

  private void build() {
    for (List<@Nullable Object[]> rows = right.next(); rows != null; rows = right.next()) {
      context.check();
      for (@Nullable Object[] row : rows) {
        Candidate candidate = new Candidate(row);
        if (rightRows.add(candidate) || type.keepsRight()) {
          context.memory().reserve(2 * MemoryAccount.bytesOf(row));
          all.add(candidate);
        }
      }
    }
    right.close();
  }

  @Override
  public void close() {
    left.close();
    right.close();
  }
}
