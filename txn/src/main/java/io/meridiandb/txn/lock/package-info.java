/** The lock table at leaders: key ranges, wound-wait. */
@NullMarked
package io.meridiandb.txn.lock;

import org.jspecify.annotations.NullMarked;
