/** The operator's commands: init, start, status, inspect. */
@NullMarked
package io.meridiandb.server.command;

import org.jspecify.annotations.NullMarked;
