package io.meridiandb.placement;

import org.jspecify.annotations.Nullable;

/**
 * A zone and how it is.
 *
 * @param name its name
 * @param region where it lies
 * @param servers how many spanservers it has
 * @param up how many of them answer
 * @param zonemaster the server that holds the lease of the zone's master; null if none does
 */
public record ZoneInfo(
    String name, String region, int servers, int up, @Nullable String zonemaster) {}
