package io.meridiandb.placement;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;

/**
 * A move of a directory, under way or ended.
 *
 * @param id its number
 * @param directory which directory
 * @param range its keys
 * @param source the owner before
 * @param destination the owner to be
 * @param state {@code MOVING}, {@code DONE}, or {@code GIVEN UP} with the reason behind it
 * @param report what it has taken; zeros until it is done
 * @param started when it was asked for
 */
public record MoveInfo(
    long id,
    long directory,
    KeyRange range,
    GroupId source,
    GroupId destination,
    String state,
    MoveReport report,
    Timestamp started) {}
