package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Clocks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which replica serves a read at a timestamp (protocol C4): near ones spare the round trip
 * to another region. Remembers which servers were silent: they are left alone for a while, and
 * waited for less. Callable from any thread.
 */
final class ReplicaChooser {
  /** So long a silent server is not asked first, nor followed by hearsay. */
  static final Duration SILENCE = Duration.ofSeconds(5);

  /**
   * A leader that answers faster than this is asked itself: a near replica would have to ask it
   * whether it has everything (READ-TIME), unless the leader's own word comes before.
   */
  static final Duration FAR = Duration.ofMillis(20);

  /** What a near replica may take beyond the leader's round trip: an eighth of it, and this. */
  private static final Duration TAKES_LONGER = Duration.ofMillis(10);

  /** A round trip measured longer ago says nothing any more: the leader is asked once again. */
  private static final Duration MEASURED_LASTS = Duration.ofSeconds(30);

  /**
   * The shortest round trip lately.
   *
   * @param nanos how long it took
   * @param atNanos when, on the boot clock
   */
  private record RoundTrip(long nanos, long atNanos) {}

  /** A group's replica. */
  private record Place(GroupId group, ServerId server) {}

  private final Router router;
  private final Clocks clocks;
  private final ConcurrentMap<ServerId, RoundTrip> roundTrips = new ConcurrentHashMap<>();
  private final ConcurrentMap<ServerId, Long> silentUntil = new ConcurrentHashMap<>();
  private final ConcurrentMap<Place, Long> behindUntil = new ConcurrentHashMap<>();

  ReplicaChooser(Router router, Clocks clocks) {
    this.router = router;
    this.clocks = clocks;
  }

  /**
   * A replica for a strong read: waits for the word that it is up to date, half a round trip from
   * the leader if that is on its way already, a whole one if it must be asked for. So it pays where
   * the leader is in another region, far away as measured, and the replica is not; but not while so
   * much is written that what the replica must apply first takes longer than to ask the leader.
   *
   * @return null if the leader is to be asked
   */
  @Nullable ServerId forStrong(GroupId group) {
    ServerId leader = router.leader(group).server();
    ServerId nearest = router.near(leader) || !isFar(leader) ? null : nearest(group);
    boolean better =
        nearest != null
            && router.near(nearest)
            && !nearest.equals(leader)
            && !isUntil(behindUntil, new Place(group, nearest));
    return better ? nearest : null;
  }

  /** A replica for a read of the past: the nearest; null if the leader is to be asked. */
  @Nullable ServerId forStale(GroupId group) {
    return nearest(group);
  }

  private @Nullable ServerId nearest(GroupId group) {
    List<ServerId> nearestFirst = router.replicas(group);
    for (ServerId server : nearestFirst) {
      if (!isSilent(server)) {
        return server;
      }
    }
    return null;
  }

  /** Whether it did not answer when it was asked last, a moment ago. */
  boolean isSilent(ServerId server) {
    return isUntil(silentUntil, server);
  }

  private <T> boolean isUntil(ConcurrentMap<T, Long> marks, T marked) {
    Long until = marks.get(marked);
    return until != null && clocks.bootNanos() - until <= 0;
  }

  /** The replica had not yet what was asked for: for a while strong reads go past it. */
  void behind(GroupId group, ServerId server) {
    behindUntil.put(new Place(group, server), clocks.bootNanos() + SILENCE.toNanos());
  }

  /**
   * The replica has answered; if its group's leader would have been faster it is as if behind.
   *
   * @param askedNanos when it was asked, on the boot clock
   */
  void served(GroupId group, ServerId replica, long askedNanos) {
    RoundTrip leader = roundTrips.get(router.leader(group).server());
    long took = clocks.bootNanos() - askedNanos;
    if (leader != null && took > leader.nanos + leader.nanos / 8 + TAKES_LONGER.toNanos()) {
      behind(group, replica);
    }
  }

  private boolean isFar(ServerId server) {
    RoundTrip known = roundTrips.get(server);
    return known != null
        && known.nanos >= FAR.toNanos()
        && clocks.bootNanos() - known.atNanos <= MEASURED_LASTS.toNanos();
  }

  /**
   * It has answered.
   *
   * @param askedNanos when it was asked, on the boot clock
   */
  void heard(ServerId server, long askedNanos) {
    long now = clocks.bootNanos();
    roundTrips.merge(server, new RoundTrip(now - askedNanos, now), ReplicaChooser::shorter);
    if (!silentUntil.isEmpty()) {
      silentUntil.remove(server);
    }
  }

  /**
   * The shorter one, unless it is old: requests that wait for something take longer than the way.
   */
  private static RoundTrip shorter(RoundTrip before, RoundTrip now) {
    boolean old = now.atNanos - before.atNanos > MEASURED_LASTS.toNanos();
    return old || now.nanos <= before.nanos ? now : before;
  }

  /** The server did not answer in time. */
  void silent(ServerId server) {
    silentUntil.put(server, clocks.bootNanos() + SILENCE.toNanos());
  }
}
