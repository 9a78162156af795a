package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import java.time.Duration;

/**
 * How far a voter lags, as the leader sees it since it leads. While it lags, a witness keeps all
 * that it lacks, without limit (protocol G26), and one more failure may stop the group; so a voter
 * that lags too far is reported, to be replaced by a change of members.
 *
 * @param voter who
 * @param bytes of log that it lacks
 * @param age for how long it has lacked its next entry, or given no lease
 */
public record VoterLag(ServerId voter, long bytes, Duration age) {
  /** A voter that lacks more than this is to be replaced: 8 GiB. */
  public static final long BYTES_MAX = 8L << 30;

  /** A voter that has lagged for longer than this is to be replaced. */
  public static final Duration AGE_MAX = Duration.ofHours(1);

  /** How often a leader notes who lags. */
  static final Duration NOTED_EVERY = Duration.ofSeconds(1);

  /** For people: who is to be replaced, and why. */
  @Override
  public String toString() {
    return "replace %s, or see why it is away: it lags %d MiB of log, for %d min"
        .formatted(voter, bytes >> 20, age.toMinutes());
  }

  /** Whether it lags so far that it should be replaced. */
  public boolean tooFar() {
    return bytes > BYTES_MAX || age.compareTo(AGE_MAX) > 0;
  }
}
