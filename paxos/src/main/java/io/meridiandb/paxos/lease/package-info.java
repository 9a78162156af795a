/** Leader leases between pairs of servers, in TrueTime terms, and the clock of a group. */
@NullMarked
package io.meridiandb.paxos.lease;

import org.jspecify.annotations.NullMarked;
