/** Invariants that stay on in production. */
@NullMarked
package io.meridiandb.kernel.check;

import org.jspecify.annotations.NullMarked;
