/** Runs that somebody wrote down: what happens when, and what must hold, in a file one can read. */
@NullMarked
package io.meridiandb.simulator.scenario;

import org.jspecify.annotations.NullMarked;
