package io.meridiandb.sql.plan.physical;

/** Kinds of joins. */
public enum JoinType {
  INNER,
  LEFT,
  RIGHT,
  FULL,
  /** Each left row that has a match, once; only left columns. */
  SEMI,
  /** Each left row that has none; only left columns. */
  ANTI;

  /** Whether a left row without a match appears with NULLs for the right. */
  public boolean keepsLeft() {
    return this == LEFT || this == FULL;
  }

  /** Whether a right row without a match appears with NULLs for the left. */
  public boolean keepsRight() {
    return this == RIGHT || this == FULL;
  }

  /** Whether the result has left columns only. */
  public boolean leftColumnsOnly() {
    return this == SEMI || this == ANTI;
  }
}
