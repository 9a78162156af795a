/** The command line: the root command above servers, simulator and benchmarks. */
@NullMarked
package io.meridiandb.cli;

import org.jspecify.annotations.NullMarked;
