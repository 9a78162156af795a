/** The consensus core: a pure state machine, messages in, effects out. */
@NullMarked
package io.meridiandb.paxos.core;

import org.jspecify.annotations.NullMarked;
