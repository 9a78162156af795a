/** Tests of txn.gateway. */
@NullMarked
package io.meridiandb.txn.gateway;

import org.jspecify.annotations.NullMarked;
