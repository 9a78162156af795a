/** Keys, key ranges and the order-preserving key codec. */
@NullMarked
package io.meridiandb.row.key;

import org.jspecify.annotations.NullMarked;
