/** Descriptors of tables, columns and keys. */
@NullMarked
package io.meridiandb.row.schema;

import org.jspecify.annotations.NullMarked;
