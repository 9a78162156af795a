/** Tests of a server's groups. */
@NullMarked
package io.meridiandb.spanserver.group;

import org.jspecify.annotations.NullMarked;
