/** The host's side of the clock sources: foreign calls and the shared memory of a time daemon. */
@NullMarked
package io.meridiandb.truetime.system;

import org.jspecify.annotations.NullMarked;
