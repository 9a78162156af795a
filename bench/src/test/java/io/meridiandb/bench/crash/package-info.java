/** Real processes that are killed, a few rounds in every build. */
@NullMarked
package io.meridiandb.bench.crash;

import org.jspecify.annotations.NullMarked;
