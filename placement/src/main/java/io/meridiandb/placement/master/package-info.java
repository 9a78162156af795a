/**
 * Masters: elected by lease rows, without state of their own; all may be dead and data is served.
 */
@NullMarked
package io.meridiandb.placement.master;

import org.jspecify.annotations.NullMarked;
