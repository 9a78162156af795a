/** Tests of scenario files. */
@NullMarked
package io.meridiandb.simulator.scenario;

import org.jspecify.annotations.NullMarked;
