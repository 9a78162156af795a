package io.meridiandb.server;

import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.log.LogOptions;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.placement.Topology;
import io.meridiandb.placement.driver.PlacementRoles;
import io.meridiandb.spanserver.group.GroupOptions;
import io.meridiandb.spanserver.tablet.TabletOptions;
import java.time.Duration;

/**
 * What a node must be told.
 *
 * @param identity who it is
 * @param name its name, for people
 * @param topology all servers of the universe and where they stand
 * @param groupZero the first members of group 0
 * @param times how long leases are, and how long a server may be away
 * @param sizes how large its files and memories are
 */
public record NodeConfig(
    ServerIdentity identity,
    String name,
    Topology topology,
    ReplicaSet groupZero,
    Times times,
    Sizes sizes) {

  /**
   * How patient a node is.
   *
   * @param lease how long leases are
   * @param replaceAfter so long a server may be silent before its groups get another member
   */
  public record Times(LeaseConfig lease, Duration replaceAfter) {
    /** A lease of {@code length}, asked for six times while it lasts; the usual patience. */
    public static Times ofLease(Duration length) {
      return of(length, PlacementRoles.Options.DEFAULT.replaceAfter());
    }

    /** A lease of {@code length}, asked for six times while it lasts. */
    public static Times of(Duration length, Duration replaceAfter) {
      return new Times(new LeaseConfig(length, length.dividedBy(6)), replaceAfter);
    }
  }

  /**
   * How large a node's files and memories are.
   *
   * @param log the write-ahead log's segments and cache
   * @param groups when tablets write files
   * @param queryBytesMax memory that all queries together may hold
   * @param warm whether the planner is warmed before the node says that it has started, and first
   *     uses of other rare things are rehearsed beside it
   */
  public record Sizes(LogOptions log, GroupOptions groups, long queryBytesMax, boolean warm) {
    private static final long QUERY_BYTES = 512L << 20;
    private static final long QUERY_BYTES_SMALL = 64L << 20;

    /** For a server that has a machine, or a good part of one. */
    public static final Sizes PRODUCTION =
        new Sizes(LogOptions.DEFAULT, GroupOptions.DEFAULT, QUERY_BYTES, true);

    /** For simulations and universes inside a test: small files, so that all paths are walked. */
    public static final Sizes SMALL =
        new Sizes(
            LogOptions.SMALL,
            new GroupOptions(TabletOptions.SMALL, GroupOptions.DEFAULT.versionRetention()),
            QUERY_BYTES_SMALL,
            false);
  }
}
