package io.meridiandb.txn.gateway;

import java.time.Duration;

/**
 * What a transaction has waited for so far, for EXPLAIN ANALYZE and for the table of WAN rounds
 * (protocol B). Requests that were under way together count once.
 *
 * @param requests requests in sequence, whereto ever
 * @param wanRounds round trips between regions in sequence: requests that left the gateway's
 *     region, and log entries that needed a vote from outside their leader's
 * @param commitWait how long it was committed and could not be told yet, because of the clocks'
 *     uncertainty
 */
public record TransactionStatistics(int requests, int wanRounds, Duration commitWait) {
  /** Nothing yet. */
  public static final TransactionStatistics NONE = new TransactionStatistics(0, 0, Duration.ZERO);
}
