/** Tests of the history checkers: broken histories are caught, good ones pass. */
@NullMarked
package io.meridiandb.simulator.check;

import org.jspecify.annotations.NullMarked;
