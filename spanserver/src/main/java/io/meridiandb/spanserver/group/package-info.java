/** Groups of one server: a replica of the log, its tablet and its transactions glued together. */
@NullMarked
package io.meridiandb.spanserver.group;

import org.jspecify.annotations.NullMarked;
