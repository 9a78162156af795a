/**
 * What clients and servers share: the SQL protocol, error codes, timestamp bounds, the embedded
 * SPI.
 */
@NullMarked
package io.meridiandb.wire;

import org.jspecify.annotations.NullMarked;
