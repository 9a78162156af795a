/** Ordinary tests that both box offices pass, and the simulated ones that tell them apart. */
@NullMarked
package io.meridiandb.examples.tickets;

import org.jspecify.annotations.NullMarked;
