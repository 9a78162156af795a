/** The SQL shell: {@code ./meridian sql}, for people at a terminal and for scripts. */
@NullMarked
package io.meridiandb.server.shell;

import org.jspecify.annotations.NullMarked;
