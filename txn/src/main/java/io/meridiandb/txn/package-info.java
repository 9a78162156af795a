/** Transactions: identities, mutations and what gateways and participants say to each other. */
@NullMarked
package io.meridiandb.txn;

import org.jspecify.annotations.NullMarked;
