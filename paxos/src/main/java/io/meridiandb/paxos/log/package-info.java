/** The write-ahead log: one per server for all groups, segments, group commit, recovery. */
@NullMarked
package io.meridiandb.paxos.log;

import org.jspecify.annotations.NullMarked;
