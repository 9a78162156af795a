/** Scan programs: what a tablet does with the rows of a range before they travel. */
@NullMarked
package io.meridiandb.row.scan;

import org.jspecify.annotations.NullMarked;
