/** Tests of the shell with a fake database and, where it needs one, a dumb terminal. */
@NullMarked
package io.meridiandb.server.shell;

import org.jspecify.annotations.NullMarked;
