/** Timestamps, TrueTime intervals and the raw clocks below them. */
@NullMarked
package io.meridiandb.kernel.time;

import org.jspecify.annotations.NullMarked;
