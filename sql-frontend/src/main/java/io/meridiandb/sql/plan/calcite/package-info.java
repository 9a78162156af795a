/**
 * What makes Calcite's validator and relational algebra behave as PostgreSQL: types, operators,
 * names.
 */
@NullMarked
package io.meridiandb.sql.plan.calcite;

import org.jspecify.annotations.NullMarked;
