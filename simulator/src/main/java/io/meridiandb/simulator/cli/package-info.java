/** The {@code sim} commands. */
@NullMarked
package io.meridiandb.simulator.cli;

import org.jspecify.annotations.NullMarked;
