package io.meridiandb.txn.gateway;

import io.meridiandb.row.schema.SchemaVersion;

/**
 * The leader knows a newer schema than the request was planned with. Nothing was done: the SQL
 * layer loads the catalog, and goes on with the new version if the tables it uses are unchanged.
 */
public final class SchemaChangedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient SchemaVersion current;

  public SchemaChangedException(SchemaVersion current) {
    super("the schema is at version " + current.value());
    this.current = current;
  }

  /** The version that the leader knows. */
  public SchemaVersion current() {
    return current;
  }
}
