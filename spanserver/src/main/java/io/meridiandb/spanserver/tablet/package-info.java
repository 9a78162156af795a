/** Tablets: what a replica keeps of its rows, in memory and in immutable B-tree files. */
@NullMarked
package io.meridiandb.spanserver.tablet;

import org.jspecify.annotations.NullMarked;
