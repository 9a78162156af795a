/** Execution: strands for event-driven state machines, fibers for blocking code. */
@NullMarked
package io.meridiandb.kernel.strand;

import org.jspecify.annotations.NullMarked;
