package io.meridiandb.txn.lock;

/** Why a transaction has lost its locks, or its place in the queue for them. */
public enum LockLoss {
  /** An older transaction needed them. */
  WOUNDED,
  /** It ended. */
  CLOSED,
  /** Its gateway was silent for longer than the locks' lease. */
  ABANDONED,
  /** The same transaction asked again; only the last request is answered. */
  SUPERSEDED,
  /** A prepare met an older transaction; it does not wait for such. Its other locks are held. */
  OLDER_HOLDS,
  /** The leader stepped down: locks live in a leader's memory only (Spanner OSDI'12 2.1). */
  STEPPED_DOWN
}
