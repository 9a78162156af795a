/**
 * What tables exist: the immutable catalog, where it is stored, DDL, and the views that describe
 * it.
 */
@NullMarked
package io.meridiandb.sql.catalog;

import org.jspecify.annotations.NullMarked;
