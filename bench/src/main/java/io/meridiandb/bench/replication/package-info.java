/** Replication without transactions and SQL above it: what a group costs, busy and idle. */
@NullMarked
package io.meridiandb.bench.replication;

import org.jspecify.annotations.NullMarked;
