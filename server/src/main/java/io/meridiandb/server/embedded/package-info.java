/** A universe inside the application's JVM: {@code jdbc:meridian:mem:NAME}. */
@NullMarked
package io.meridiandb.server.embedded;

import org.jspecify.annotations.NullMarked;
