/** Tests of the simulator: it is deterministic, its checks find planted bugs, its commands work. */
@NullMarked
package io.meridiandb.simulator;

import org.jspecify.annotations.NullMarked;
