package io.meridiandb.kernel.net;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Who hears us: a network may carry a peer's messages to us and none of ours to the peer. Each
 * message says what its sender has heard last (the echo); a peer whose echo does not move although
 * it is sent something is deaf. Callable from any thread.
 */
final class Hearing {
  private static final long HEARS = Long.MIN_VALUE;

  /** One peer; readings are our own {@code earliest}, as the messages to it carry them. */
  private static final class Peer {
    final AtomicLong lastSent = new AtomicLong(HEARS);

    /** The first reading sent since the echo last moved, or {@link #HEARS} if nothing was. */
    final AtomicLong unheardSince = new AtomicLong(HEARS);
  }

  private final Map<ServerId, Peer> peers = new ConcurrentHashMap<>();

  /** A message that carries this reading goes to the peer. */
  void sent(ServerId to, Timestamp reading) {
    Peer peer = peers.computeIfAbsent(to, id -> new Peer());
    peer.lastSent.accumulateAndGet(reading.nanos(), Math::max);
    peer.unheardSince.compareAndSet(HEARS, reading.nanos());
  }

  /** The peer says that it has heard this reading. */
  void echoed(ServerId from, Timestamp reading) {
    Peer peer = peers.get(from);
    if (peer == null) {
      return;
    }
    long since = peer.unheardSince.get();
    if (since != HEARS && reading.nanos() >= since) {
      long last = peer.lastSent.get();
      peer.unheardSince.compareAndSet(since, reading.nanos() >= last ? HEARS : last);
    }
  }

  /** For how long the peer has been sent messages and has not shown that it heard any. */
  Duration unheardFor(ServerId peer, Timestamp now) {
    Peer known = peers.get(peer);
    long since = known == null ? HEARS : known.unheardSince.get();
    return since == HEARS ? Duration.ZERO : Duration.ofNanos(Math.max(0, now.nanos() - since));
  }
}
