/** Frames as a test may rewrite them. */
@NullMarked
package io.meridiandb.kernel.net;

import org.jspecify.annotations.NullMarked;
