/** movedir: directories move between groups while they are read and written (protocol G23). */
@NullMarked
package io.meridiandb.placement.movement;

import org.jspecify.annotations.NullMarked;
