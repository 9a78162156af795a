/** Tests of the links: real gRPC streams on loopback, and the embedded engine's refusals. */
@NullMarked
package io.meridiandb.jdbc.link;

import org.jspecify.annotations.NullMarked;
