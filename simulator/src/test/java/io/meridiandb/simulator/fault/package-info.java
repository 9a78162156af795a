/** Tests of single kinds of faults. */
@NullMarked
package io.meridiandb.simulator.fault;

import org.jspecify.annotations.NullMarked;
