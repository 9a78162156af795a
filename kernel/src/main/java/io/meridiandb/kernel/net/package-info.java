/** Messages between servers: the transport, its envelope and the typed messenger on top. */
@NullMarked
package io.meridiandb.kernel.net;

import org.jspecify.annotations.NullMarked;
