/** A client of the SQL protocol in virtual time: what the JDBC driver is in real time. */
@NullMarked
package io.meridiandb.simulator.client;

import org.jspecify.annotations.NullMarked;
