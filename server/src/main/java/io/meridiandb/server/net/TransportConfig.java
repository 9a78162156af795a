package io.meridiandb.server.net;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a server's transport must know.
 *
 * @param self who speaks
 * @param bootId the id of the kernel's start, from {@code /proc/sys/kernel/random/boot_id}
 * @param sharedClock whether this server's TrueTime holds only among servers of one kernel (source
 *     {@code shared-host}); then a peer with another boot id is refused
 * @param peers where the other servers are; one's own entry is not used
 */
public record TransportConfig(
    ServerIdentity self, String bootId, boolean sharedClock, SortedMap<ServerId, Endpoint> peers) {
  /** Keeps a copy of the peers. */
  public TransportConfig {
    peers = new TreeMap<>(peers);
    peers.remove(self.server());
  }
}
