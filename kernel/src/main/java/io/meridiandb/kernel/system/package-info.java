/**
 * The real world: event loops, virtual threads, the host's clocks, files and logs behind {@link
 * io.meridiandb.kernel.Env}. The only package of the engine that touches them.
 */
@NullMarked
package io.meridiandb.kernel.system;

import org.jspecify.annotations.NullMarked;
