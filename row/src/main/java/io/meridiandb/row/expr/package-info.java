/** Expressions over rows that gateways and tablets evaluate alike. */
@NullMarked
package io.meridiandb.row.expr;

import org.jspecify.annotations.NullMarked;
