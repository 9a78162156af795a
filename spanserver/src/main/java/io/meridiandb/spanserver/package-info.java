/** The spanserver: groups of this server with their tablets. */
@NullMarked
package io.meridiandb.spanserver;

import org.jspecify.annotations.NullMarked;
