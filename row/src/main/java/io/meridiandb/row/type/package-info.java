/** SQL types and how their values look in Java. */
@NullMarked
package io.meridiandb.row.type;

import org.jspecify.annotations.NullMarked;
