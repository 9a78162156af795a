/** Tests of directories on a server. */
@NullMarked
package io.meridiandb.spanserver.directory;

import org.jspecify.annotations.NullMarked;
