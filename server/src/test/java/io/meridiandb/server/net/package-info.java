/** Tests of the network, over real sockets on loopback. */
@NullMarked
package io.meridiandb.server.net;

import org.jspecify.annotations.NullMarked;
