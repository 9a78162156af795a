/**
 * The universe file: zones, servers, clock and lease, read from YAML with errors a person can act
 * on.
 */
@NullMarked
package io.meridiandb.server.config;

import org.jspecify.annotations.NullMarked;
