/** Clients of simulated universes. */
@NullMarked
package io.meridiandb.simulator.client;

import org.jspecify.annotations.NullMarked;
