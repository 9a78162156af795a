/** Identities of universes, servers and groups; 64-bit, never reused. */
@NullMarked
package io.meridiandb.kernel.id;

import org.jspecify.annotations.NullMarked;
