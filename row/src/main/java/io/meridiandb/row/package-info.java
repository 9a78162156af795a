/** What tablets and the planner share about rows; no Calcite. */
@NullMarked
package io.meridiandb.row;

import org.jspecify.annotations.NullMarked;
