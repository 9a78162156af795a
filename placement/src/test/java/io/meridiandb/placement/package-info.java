/** Tests of placement over real groups in a simulated world. */
@NullMarked
package io.meridiandb.placement;

import org.jspecify.annotations.NullMarked;
