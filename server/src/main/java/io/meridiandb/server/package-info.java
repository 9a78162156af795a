/** The one assembly of a node: production, embedded universes and the simulator all use it. */
@NullMarked
package io.meridiandb.server;

import org.jspecify.annotations.NullMarked;
