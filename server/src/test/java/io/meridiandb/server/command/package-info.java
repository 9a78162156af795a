/** Tests of the commands that make and start universes. */
@NullMarked
package io.meridiandb.server.command;

import org.jspecify.annotations.NullMarked;
