/** Physical plans: what the planner makes and the executor runs; plain records, no Calcite. */
@NullMarked
package io.meridiandb.sql.plan.physical;

import org.jspecify.annotations.NullMarked;
