/** Tests of txn.participant. */
@NullMarked
package io.meridiandb.txn.participant;

import org.jspecify.annotations.NullMarked;
