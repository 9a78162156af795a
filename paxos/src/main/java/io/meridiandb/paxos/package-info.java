/** Replication of one group by Multi-Paxos: what all its parts share. */
@NullMarked
package io.meridiandb.paxos;

import org.jspecify.annotations.NullMarked;
