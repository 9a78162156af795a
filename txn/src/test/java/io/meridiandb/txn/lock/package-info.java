/** Tests of txn.lock. */
@NullMarked
package io.meridiandb.txn.lock;

import org.jspecify.annotations.NullMarked;
