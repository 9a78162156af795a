/** Where clients find the spanserver of their data. */
@NullMarked
package io.meridiandb.placement.locationproxy;

import org.jspecify.annotations.NullMarked;
