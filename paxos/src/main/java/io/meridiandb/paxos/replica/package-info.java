/** The driver round the core: what makes a group's replica live on a server. */
@NullMarked
package io.meridiandb.paxos.replica;

import org.jspecify.annotations.NullMarked;
