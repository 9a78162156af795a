/** Directories of one server's groups: who owns which keys, and how they come and go. */
@NullMarked
package io.meridiandb.spanserver.directory;

import org.jspecify.annotations.NullMarked;
