/** Tests of the production world, on temporary folders. */
@NullMarked
package io.meridiandb.kernel.system;

import org.jspecify.annotations.NullMarked;
