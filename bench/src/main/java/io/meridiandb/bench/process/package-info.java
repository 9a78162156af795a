/** Processes of this very program. */
@NullMarked
package io.meridiandb.bench.process;

import org.jspecify.annotations.NullMarked;
