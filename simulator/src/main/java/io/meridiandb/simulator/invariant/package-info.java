/** What must hold after every single event, whatever happens: one class a rule. */
@NullMarked
package io.meridiandb.simulator.invariant;

import org.jspecify.annotations.NullMarked;
