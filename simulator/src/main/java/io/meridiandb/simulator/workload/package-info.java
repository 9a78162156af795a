/** What clients do in a simulated universe, and what must be true of it afterwards. */
@NullMarked
package io.meridiandb.simulator.workload;

import org.jspecify.annotations.NullMarked;
