/** Tests of the rules that hold after every event: each is broken once. */
@NullMarked
package io.meridiandb.simulator.invariant;

import org.jspecify.annotations.NullMarked;
