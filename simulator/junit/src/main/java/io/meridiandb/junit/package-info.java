/**
 * Tests of an application on a simulated universe: a {@code DataSource} of servers in regions, in
 * virtual time, whose network can be cut and whose servers can be killed, all from one seed.
 */
@NullMarked
package io.meridiandb.junit;

import org.jspecify.annotations.NullMarked;
