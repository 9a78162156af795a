/** Participants that leave a rule out. */
@NullMarked
package io.meridiandb.txn.participant;

import org.jspecify.annotations.NullMarked;
