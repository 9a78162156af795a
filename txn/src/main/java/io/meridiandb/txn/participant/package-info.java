/** The leader's side of a transaction, and what its log entries do on every replica. */
@NullMarked
package io.meridiandb.txn.participant;

import org.jspecify.annotations.NullMarked;
