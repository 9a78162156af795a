/**
 * The network: gRPC streams for SQL and between servers, and the HTTP port for health and metrics.
 */
@NullMarked
package io.meridiandb.server.net;

import org.jspecify.annotations.NullMarked;
