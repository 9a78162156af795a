package io.meridiandb.placement;

import java.time.Duration;

/**
 * A spanserver and how it is.
 *
 * @param place who and where
 * @param up whether it answers
 * @param groups how many replicas it has; 0 if it does not answer
 * @param leaders how many groups it leads
 * @param bytes estimate of its data
 * @param clockUncertainty half the width of its TrueTime interval
 */
public record ServerInfo(
    ServerPlace place,
    boolean up,
    int groups,
    int leaders,
    long bytes,
    Duration clockUncertainty) {}
