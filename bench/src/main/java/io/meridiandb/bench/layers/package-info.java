/** Where a commit's CPU goes: samples of a running universe, counted by layer. */
@NullMarked
package io.meridiandb.bench.layers;

import org.jspecify.annotations.NullMarked;
