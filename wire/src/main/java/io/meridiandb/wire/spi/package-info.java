/** How a driver reaches a universe inside its own JVM: byte frames, no gRPC types. */
@NullMarked
package io.meridiandb.wire.spi;

import org.jspecify.annotations.NullMarked;
