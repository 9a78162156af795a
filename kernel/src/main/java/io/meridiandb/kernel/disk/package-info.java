/** Files of one server, and the rules for when their bytes are durable. */
@NullMarked
package io.meridiandb.kernel.disk;

import org.jspecify.annotations.NullMarked;
