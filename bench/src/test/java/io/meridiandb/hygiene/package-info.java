/** The house rules as tests: they read the whole source tree and all compiled classes. */
@NullMarked
package io.meridiandb.hygiene;

import org.jspecify.annotations.NullMarked;
