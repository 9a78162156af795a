package io.meridiandb.placement;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * One replica, as its server says.
 *
 * @param group of which group
 * @param server where
 * @param type {@code full}, {@code witness} or {@code read-only}
 * @param leading whether it leads
 * @param appliedIndex the last log entry applied
 * @param closed reads up to here can be served by it; {@link Timestamp#MIN} if none
 * @param bytes estimate of its data
 * @param advice what its leader advises, such as to replace it because it lags too far; null if
 *     nothing. It may be there for a replica that does not answer: the rest of that is unknown then
 */
public record ReplicaInfo(
    GroupId group,
    ServerId server,
    String type,
    boolean leading,
    long appliedIndex,
    Timestamp closed,
    long bytes,
    @Nullable String advice) {}
