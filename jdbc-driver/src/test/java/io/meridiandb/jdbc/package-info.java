/**
 * Tests of the driver against a hand-written server that speaks the protocol and can be told to
 * fail.
 */
@NullMarked
package io.meridiandb.jdbc;

import org.jspecify.annotations.NullMarked;
