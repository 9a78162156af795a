/**
 * Histories of transactions as their clients saw them, and two checkers that share no idea: one
 * follows the timestamps, one reads none.
 */
@NullMarked
package io.meridiandb.simulator.check;

import org.jspecify.annotations.NullMarked;
