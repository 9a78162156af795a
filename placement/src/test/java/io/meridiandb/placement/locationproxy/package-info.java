/** Tests of the location proxy. */
@NullMarked
package io.meridiandb.placement.locationproxy;

import org.jspecify.annotations.NullMarked;
