/** A universe of assembled servers inside a simulated world, and the connections of its clients. */
@NullMarked
package io.meridiandb.simulator.universe;

import org.jspecify.annotations.NullMarked;
