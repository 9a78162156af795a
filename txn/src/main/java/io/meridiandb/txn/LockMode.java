package io.meridiandb.txn;

/** What a read locks at the leader. */
public enum LockMode {
  /** Nothing: a read at a timestamp. */
  NONE,
  /** The range, shared, gaps included. */
  SHARED,
  /** The range, exclusive, gaps included: UPDATE, DELETE, SELECT FOR UPDATE. */
  EXCLUSIVE
}
