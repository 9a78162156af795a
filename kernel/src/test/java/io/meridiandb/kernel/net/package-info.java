/** Tests of messages between servers. */
@NullMarked
package io.meridiandb.kernel.net;

import org.jspecify.annotations.NullMarked;
