/** The JDBC driver: {@code java.sql} on top of the SQL protocol, and nothing of the server. */
@NullMarked
package io.meridiandb.jdbc;

import org.jspecify.annotations.NullMarked;
