package io.meridiandb.sql.session;

import io.meridiandb.txn.gateway.Transaction;
import java.time.Instant;

/**
 * A transaction with what SQL adds to it.
 *
 * @param transaction the gateway's
 * @param now what {@code now()} is all through it
 */
record OpenTransaction(Transaction transaction, Instant now) {}
