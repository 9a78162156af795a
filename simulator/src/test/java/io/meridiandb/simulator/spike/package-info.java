/**
 * The experiment behind decision 0001: state machines, blocking code and Calcite from one queue.
 */
@NullMarked
package io.meridiandb.simulator.spike;

import org.jspecify.annotations.NullMarked;
