/** TrueTime: an interval that surely contains absolute time, and the sources it comes from. */
@NullMarked
package io.meridiandb.truetime;

import org.jspecify.annotations.NullMarked;
