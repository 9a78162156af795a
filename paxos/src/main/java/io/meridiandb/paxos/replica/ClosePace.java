package io.meridiandb.paxos.replica;

import java.time.Duration;

/**
 * How often leaders close the present for groups in which nothing happens (protocol C4): seldom
 * once nobody has written, and nobody has read at another server, for ten seconds. Who reads there
 * all the same asks, and is answered at once (READ-TIME).
 */
final class ClosePace {
  /** While there is news or somebody asks. */
  static final Duration BUSY = Duration.ofMillis(100);

  /** While it is quiet. */
  static final Duration QUIET = Duration.ofMillis(500);

  /** After so many CLOSEs that told nothing but the time it is quiet: ten seconds. */
  static final int CLOSES_WITHOUT_NEWS = 100;

  private int withoutNews;

  /** The next CLOSE comes after this, at the latest. */
  Duration interval() {
    return withoutNews < CLOSES_WITHOUT_NEWS ? BUSY : QUIET;
  }

  /** A CLOSE went out; {@code news} if it told more than the time, or somebody had asked. */
  void closed(boolean news) {
    withoutNews = news ? 0 : withoutNews + 1;
  }
}
