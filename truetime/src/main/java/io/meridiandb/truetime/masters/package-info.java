/** Time from time masters among the servers: asking, serving, and throwing out liars. */
@NullMarked
package io.meridiandb.truetime.masters;

import org.jspecify.annotations.NullMarked;
