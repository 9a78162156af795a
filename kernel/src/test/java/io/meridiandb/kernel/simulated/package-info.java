/** Tests of the simulated world. */
@NullMarked
package io.meridiandb.kernel.simulated;

import org.jspecify.annotations.NullMarked;
