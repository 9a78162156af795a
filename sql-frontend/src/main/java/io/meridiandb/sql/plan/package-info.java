/**
 * From a parsed statement to a plan that can be kept and executed often: the planner and its
 * caches.
 */
@NullMarked
package io.meridiandb.sql.plan;

import org.jspecify.annotations.NullMarked;
