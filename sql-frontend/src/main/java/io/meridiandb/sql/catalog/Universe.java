package io.meridiandb.sql.catalog;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.placement.PlacementAdmin;
import io.meridiandb.placement.Topology;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.txn.gateway.Router;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server's SQL side knows of the universe that it is part of.
 *
 * @param self which server this is
 * @param topology all servers and where they stand
 * @param placements where data is, and how that is changed
 * @param router which groups hold which keys, as this server believes; null if nobody knows
 * @param trueTime the server's clock; null if it has none to show
 */
public record Universe(
    ServerId self,
    Topology topology,
    PlacementAdmin placements,
    @Nullable Router router,
    @Nullable TrueTime trueTime) {
  /** A server alone: everything in group 0, nothing can be placed. */
  public static final Universe ALONE =
      new Universe(new ServerId(1), new Topology(List.of()), new LonePlacement(), null, null);
}
