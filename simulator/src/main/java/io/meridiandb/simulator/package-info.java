/** Whole universes of production classes in virtual time, with workloads, faults and checks. */
@NullMarked
package io.meridiandb.simulator;

import org.jspecify.annotations.NullMarked;
