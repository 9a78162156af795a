/** Tests of the load generator's own figures. */
@NullMarked
package io.meridiandb.bench.load;

import org.jspecify.annotations.NullMarked;
