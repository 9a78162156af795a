/** The placement driver: makes groups, finishes what was begun, balances; and what people ask. */
@NullMarked
package io.meridiandb.placement.driver;

import org.jspecify.annotations.NullMarked;
