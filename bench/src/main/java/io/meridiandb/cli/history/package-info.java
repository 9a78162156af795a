/**
 * The simulator's workloads against servers that really run, judged by its two history checkers.
 */
@NullMarked
package io.meridiandb.cli.history;

import org.jspecify.annotations.NullMarked;
