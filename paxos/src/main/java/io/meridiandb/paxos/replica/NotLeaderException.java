package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import org.jspecify.annotations.Nullable;

/**
 * The replica cannot take the command now: it does not lead or its lease is out. Nothing was done.
 */
public final class NotLeaderException extends RuntimeException {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // thrown and caught within one JVM
  private final @Nullable ServerId hint;

  public NotLeaderException(GroupId group, @Nullable ServerId hint, String why) {
    super(
        "this server cannot lead %s now: %s; try %s"
            .formatted(group, why, hint == null ? "again in a moment" : hint));
    this.hint = hint;
  }

  /** Who probably leads; null if nobody is known to. */
  public @Nullable ServerId hint() {
    return hint;
  }
}
