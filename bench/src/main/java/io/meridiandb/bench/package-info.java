/** Benchmarks: load through JDBC, beside other databases in the same run. */
@NullMarked
package io.meridiandb.bench;

import org.jspecify.annotations.NullMarked;
