/**
 * From statement text to a syntax tree: limits, lexer, grammar front end, errors with positions.
 */
@NullMarked
package io.meridiandb.sql.parser;

import org.jspecify.annotations.NullMarked;
