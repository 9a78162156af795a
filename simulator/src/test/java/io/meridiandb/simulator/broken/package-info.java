/** Servers that break one rule each, and whether ordinary universes notice. */
@NullMarked
package io.meridiandb.simulator.broken;

import org.jspecify.annotations.NullMarked;
