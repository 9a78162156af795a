/**
 * From Calcite's relational algebra to physical plans: access paths, joins, aggregates,
 * expressions.
 */
@NullMarked
package io.meridiandb.sql.plan.convert;

import org.jspecify.annotations.NullMarked;
