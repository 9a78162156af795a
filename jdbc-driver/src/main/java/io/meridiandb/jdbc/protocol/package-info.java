/**
 * The client's half of the SQL protocol: requests, their replies, and what to do when a link
 * breaks.
 */
@NullMarked
package io.meridiandb.jdbc.protocol;

import org.jspecify.annotations.NullMarked;
