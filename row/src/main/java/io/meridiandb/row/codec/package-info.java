/** How rows and tuples look as bytes. */
@NullMarked
package io.meridiandb.row.codec;

import org.jspecify.annotations.NullMarked;
