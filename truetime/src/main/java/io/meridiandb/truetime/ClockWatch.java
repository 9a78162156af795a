package io.meridiandb.truetime;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.time.TTInterval;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Compares the clock reading in every message with this server's own. A message sent when the
 * sender's clock showed at least {@code earliest} cannot arrive while ours shows at most {@code
 * latest < earliest}: delay only makes a message later, so one of the two clocks lies (protocol
 * G10). Between such a pair no lease is given or counted.
 *
 * <p>Callable from any thread.
 */
public final class ClockWatch implements Messenger.ClockWatch {
  private final TrueTime trueTime;
  private final Events events;

  /** Incarnation of every peer heard; those that contradicted us stand in the other map. */
  private final ConcurrentSkipListMap<ServerId, Long> heard = new ConcurrentSkipListMap<>();

  private final ConcurrentSkipListMap<ServerId, Long> contradicted = new ConcurrentSkipListMap<>();

  public ClockWatch(TrueTime trueTime, Events events) {
    this.trueTime = trueTime;
    this.events = events;
  }

  @Override
  public void observe(ServerId peer, long incarnation, TTInterval senderClock) {
    heard.merge(peer, incarnation, Math::max);
    TTInterval own = trueTime.now();
    if (!senderClock.earliest().isAfter(own.latest())) {
      return;
    }
    Long before = contradicted.put(peer, incarnation);
    if (before == null || before != incarnation) {
      events.count("truetime.contradictions", 1);
      events.probe("truetime.contradiction");
      events.event(
          Level.ERROR,
          "truetime",
          "the clocks contradict each other: %s sent at %s or later, here it is at most %s; no leases between us"
              .formatted(peer, senderClock.earliest(), own.latest()));
    }
  }

  /** Whether leases may be given to and counted from {@code peer}. */
  public boolean trusts(ServerId peer) {
    Long liar = contradicted.get(peer);
    return liar == null || !liar.equals(heard.get(peer));
  }

  /**
   * Whether a majority of the peers heard contradict this server's clock (its only peer, if it has
   * one): then it is this one that is wrong, and the server must not lead anything.
   */
  public boolean fenced() {
    int liars = 0;
    for (ServerId peer : heard.keySet()) {
      liars += trusts(peer) ? 0 : 1;
    }
    return liars > 0 && 2 * liars > heard.size();
  }
}
