/** How the driver reaches a server: gRPC streams to hosts, or the engine in its own JVM. */
@NullMarked
package io.meridiandb.jdbc.link;

import org.jspecify.annotations.NullMarked;
