package io.meridiandb.txn;

/**
 * The identity of one attempt of a transaction (protocol G11): session and sequence are minted by
 * the client and are its idempotence token; one sequence commits in at most one attempt.
 *
 * @param sessionHigh upper half of the session's id
 * @param sessionLow lower half of the session's id
 * @param sequence the transaction's number within the session, from 1
 * @param attempt from 1; a further attempt starts only after proof that the one before aborted
 */
public record TxnId(long sessionHigh, long sessionLow, long sequence, int attempt)
    implements Comparable<TxnId> {
  @Override
  public int compareTo(TxnId other) {
    int order = Long.compareUnsigned(sessionHigh, other.sessionHigh);
    if (order == 0) {
      order = Long.compareUnsigned(sessionLow, other.sessionLow);
    }
    if (order == 0) {
      order = Long.compare(sequence, other.sequence);
    }
    return order == 0 ? Integer.compare(attempt, other.attempt) : order;
  }

  @Override
  public String toString() {
    return "%016x%016x/%d.%d".formatted(sessionHigh, sessionLow, sequence, attempt);
  }
}
