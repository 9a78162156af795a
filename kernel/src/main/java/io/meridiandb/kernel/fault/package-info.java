/** Fault sites and probes that production code carries; inert outside of simulation. */
@NullMarked
package io.meridiandb.kernel.fault;

import org.jspecify.annotations.NullMarked;
