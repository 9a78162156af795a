/** Tests of the universe inside a JVM, through JDBC. */
@NullMarked
package io.meridiandb.server.embedded;

import org.jspecify.annotations.NullMarked;
