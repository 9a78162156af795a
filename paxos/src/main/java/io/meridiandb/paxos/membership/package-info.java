/** Who votes in a group, and what a quorum of them is. */
@NullMarked
package io.meridiandb.paxos.membership;

import org.jspecify.annotations.NullMarked;
