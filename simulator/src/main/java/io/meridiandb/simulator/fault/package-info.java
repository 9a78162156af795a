/** What goes wrong in a simulated universe, and when: drawn from the seed. */
@NullMarked
package io.meridiandb.simulator.fault;

import org.jspecify.annotations.NullMarked;
