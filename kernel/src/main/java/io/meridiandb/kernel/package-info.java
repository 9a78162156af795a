/**
 * The injected world: everything a node touches outside its own memory comes through {@link
 * io.meridiandb.kernel.Env}.
 */
@NullMarked
package io.meridiandb.kernel;

import org.jspecify.annotations.NullMarked;
