/** Tests of the placement driver's decisions. */
@NullMarked
package io.meridiandb.placement.driver;

import org.jspecify.annotations.NullMarked;
