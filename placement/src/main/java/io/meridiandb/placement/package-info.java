/** Where data lives and who serves it. */
@NullMarked
package io.meridiandb.placement;

import org.jspecify.annotations.NullMarked;
