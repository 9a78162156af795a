package io.meridiandb.txn.gateway;

import io.meridiandb.row.key.Key;
import io.meridiandb.txn.Mutation;

/**
 * A condition of a mutation does not hold: INSERT or FORBID met an existing row, or REQUIRE none.
 * The SQL layer turns it into an error with the table's and the key's names. The transaction is
 * aborted if this came from a commit.
 */
public final class ConditionFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Mutation.Kind kind;
  private final transient Key key;

  public ConditionFailedException(Mutation.Kind kind, Key key) {
    super(kind + " does not hold for key " + key);
    this.kind = kind;
    this.key = key;
  }

  /** INSERT, FORBID or REQUIRE; a leader says INSERT for FORBID too. */
  public Mutation.Kind kind() {
    return kind;
  }

  /** The row's key. */
  public Key key() {
    return key;
  }
}
