package io.meridiandb.txn.gateway;

import io.meridiandb.txn.TxnId;

/**
 * What every transaction has.
 *
 * @param id its identity
 * @param deadline until when it may wait
 */
record TransactionBase(TxnId id, Deadline deadline) {}
