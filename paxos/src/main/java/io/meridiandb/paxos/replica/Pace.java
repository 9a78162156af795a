package io.meridiandb.paxos.replica;

import io.meridiandb.paxos.lease.LeaseConfig;
import java.time.Duration;

/**
 * How often a server renews its leases (a <i>beat</i>) and closes the present for groups in which
 * nothing happens (protocol C1, C4), counted in points of {@link Rounds}.
 *
 * <p>Both are seldom where nobody would notice. CLOSEs: once nobody has written, and nobody has
 * read at another server, for ten seconds; who reads there all the same asks, and is answered at
 * once (READ-TIME). Beats: if it is quiet so, no group waits for the time, and everybody who was
 * asked for a lease has answered; one that is not answered is asked for again at the usual time.
 */
final class Pace {
  /** Between CLOSEs, while there is news or somebody asks. */
  static final Duration BUSY = Duration.ofMillis(100);

  /** Between CLOSEs, while it is quiet. */
  static final Duration QUIET = Duration.ofSeconds(1);

  /** After so many CLOSEs that told nothing but the time it is quiet: ten seconds. */
  static final int CLOSES_WITHOUT_NEWS = 100;

  /** A quiet beat takes the time of so many, if a lease still lasts for three of these. */
  private static final int QUIET_BEATS = 2;

  private final Duration heartbeat;
  private final long beat;
  private final long quietBeat;
  private final long busyClose;
  private final long quietClose;
  private int withoutNews;
  private long interval;
  private long lastBeat;
  private long nextBeat;
  private long nextClose;

  /** The paces for leases like these, in points of {@code rounds}. */
  Pace(LeaseConfig lease, Rounds rounds) {
    Duration twice = lease.heartbeat().multipliedBy(QUIET_BEATS);
    this.heartbeat = lease.heartbeat();
    this.beat = rounds.points(lease.heartbeat());
    this.quietBeat =
        twice.multipliedBy(3).compareTo(lease.length()) > 0 ? beat : QUIET_BEATS * beat;
    this.busyClose = rounds.points(BUSY);
    this.quietClose = rounds.points(QUIET);
  }

  /** From one beat to the next at most. */
  Duration longestBeat() {
    return heartbeat.multipliedBy(quietBeat / beat);
  }

  boolean beatDue(long point) {
    return point >= nextBeat;
  }

  /**
   * There was a beat at {@code point}.
   *
   * @param answered whether all have answered that were asked for leases at the one before
   */
  void beaten(long point, boolean answered) {
    interval = answered && quiet() ? quietBeat : beat;
    lastBeat = point - point % beat;
    nextBeat = lastBeat + interval;
  }

  boolean closeDue(long point) {
    return point >= nextClose;
  }

  /**
   * A CLOSE went out at {@code point}. If a beat comes about when the next one is due, they share a
   * wakeup.
   *
   * @param news whether it told more than the time, or somebody had asked
   */
  void closed(long point, boolean news) {
    withoutNews = news ? 0 : withoutNews + 1;
    long latest = point + (quiet() ? quietClose : busyClose);
    boolean beatBefore = point < nextBeat && nextBeat <= latest;
    nextClose = beatBefore ? latest - (latest - nextBeat) % interval : latest;
  }

  private boolean quiet() {
    return withoutNews >= CLOSES_WITHOUT_NEWS;
  }

  /** The point after {@code point} at which a beat or a CLOSE is due. */
  long next(long point) {
    return Math.max(point + 1, Math.min(nextBeat, nextClose));
  }

  /** Some group waits for the time: the next beat comes when it usually does. */
  void unsettled() {
    interval = beat;
    nextBeat = Math.min(nextBeat, lastBeat + beat);
  }
}
