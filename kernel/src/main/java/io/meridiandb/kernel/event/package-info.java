/** What a node reports about itself: structured events and counters. */
@NullMarked
package io.meridiandb.kernel.event;

import org.jspecify.annotations.NullMarked;
