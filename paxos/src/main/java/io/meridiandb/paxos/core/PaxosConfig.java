package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.lease.LeaseConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The time constants of a group; only liveness depends on them, but for the lease.
 *
 * @param lease length and heartbeat
 * @param retry after how long without an answer a message is sent again; above the usual round trip
 * @param campaignSpread a campaign starts within this time at random, so that two rarely collide
 */
public record PaxosConfig(LeaseConfig lease, Duration retry, Duration campaignSpread) {
  /** Most entries on the way to one follower. */
  public static final int IN_FLIGHT_ENTRIES_MAX = 1_024;

  /** Most bytes on the way to one follower; a single larger entry passes alone. */
  public static final int IN_FLIGHT_BYTES_MAX = 4 << 20;

  /** Most entries appended and not yet chosen; past it proposals are refused. */
  public static final int UNCHOSEN_ENTRIES_MAX = 4096;

  /** Most bytes appended and not yet chosen; past it proposals are refused. */
  public static final int UNCHOSEN_BYTES_MAX = 16 << 20;

  /** So many may be unchosen in fact: the last command comes on top. All in one message. */
  static final long UNCHOSEN_BYTES_MOST =
      UNCHOSEN_BYTES_MAX + LogEntry.PAYLOAD_BYTES_MAX + LogEntry.OVERHEAD_BYTES;

  /** Most bytes of chosen entries that a group keeps in memory; older ones are on the disk. */
  public static final long MEMORY_BYTES_MAX = 8L << 20;

  /** Log bytes kept for a lagging member; past it the member needs a checkpoint. */
  public static final long KEPT_BYTES_MAX = 64L << 20;

  /** With the retry and spread that suit a lease of this length. */
  public static PaxosConfig of(LeaseConfig lease) {
    return new PaxosConfig(lease, lease.heartbeat(), lease.length().dividedBy(6));
  }

  /**
   * Where the leader of a group is wanted. A leader hands over to a full member with a smaller
   * delay than its own that is up and close behind; the servers of a group should have the same.
   */
  public interface LeaderPreference {
    /** No preference. */
    LeaderPreference NONE = server -> Duration.ZERO;

    /** How much longer than wanted ones other servers wait before they campaign. */
    Duration OTHERS_WAIT = Duration.ofMillis(300);

    /** Leaders are wanted on {@code wanted}, such as the servers of a region. */
    static LeaderPreference on(Collection<ServerId> wanted) {
      SortedSet<ServerId> servers = new TreeSet<>(wanted);
      return server -> servers.contains(server) ? Duration.ZERO : OTHERS_WAIT;
    }

    /** How much longer {@code server} waits before it campaigns. */
    Duration delay(ServerId server);
  }
}
