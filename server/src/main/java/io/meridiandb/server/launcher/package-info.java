/** Production's wiring: a node with real clocks, disks and sockets, one a process or all in one. */
@NullMarked
package io.meridiandb.server.launcher;

import org.jspecify.annotations.NullMarked;
