/**
 * The crash test: real processes under load, killed without warning, and every acknowledgement
 * checked.
 */
@NullMarked
package io.meridiandb.bench.crash;

import org.jspecify.annotations.NullMarked;
