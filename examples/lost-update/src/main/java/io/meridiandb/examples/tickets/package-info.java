/** A box office: plain JDBC, once with a bug that ordinary tests do not see, once repaired. */
@NullMarked
package io.meridiandb.examples.tickets;

import org.jspecify.annotations.NullMarked;
