package io.meridiandb.placement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What replicas a placement's groups have. Each entry of a list names a zone or a region and stands
 * for one replica there, on a server of its own; an entry may occur several times.
 *
 * @param leader the zone or region that leads while it can; null for no wish
 * @param voters full replicas: they vote, hold data and may lead; at least one
 * @param witnesses replicas that vote and hold the log, but no data
 * @param readOnly replicas that hold data and serve reads, but do not vote
 * @param mode how strong reads are served
 */
public record PlacementOptions(
    @Nullable String leader,
    List<String> voters,
    List<String> witnesses,
    List<String> readOnly,
    Mode mode) {
  /** How strong reads are served. */
  public enum Mode {
    /** By the leader, or by a follower that asks it for a timestamp. */
    REGIONAL,
    /** By every replica at once; writers wait until all can (not yet told apart from REGIONAL). */
    GLOBAL
  }

  public PlacementOptions {
    voters = List.copyOf(voters);
    witnesses = List.copyOf(witnesses);
    readOnly = List.copyOf(readOnly);
  }
}
