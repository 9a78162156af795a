/** The gateway's side: where a client's transaction is driven and its writes are buffered. */
@NullMarked
package io.meridiandb.txn.gateway;

import org.jspecify.annotations.NullMarked;
