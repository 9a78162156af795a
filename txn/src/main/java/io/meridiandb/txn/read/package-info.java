/** Reads at leaders and followers. */
@NullMarked
package io.meridiandb.txn.read;

import org.jspecify.annotations.NullMarked;
