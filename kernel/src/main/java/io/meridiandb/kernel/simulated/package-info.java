/**
 * The simulated world: one seeded queue of events in virtual time drives state machines, blocking
 * code, network and disks of any number of servers; the same seed gives the same trace, always.
 */
@NullMarked
package io.meridiandb.kernel.simulated;

import org.jspecify.annotations.NullMarked;
