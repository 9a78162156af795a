package io.meridiandb.placement;

import io.meridiandb.kernel.id.ServerId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A spanserver and how it is.
 *
 * @param place who and where
 * @param up whether it answers
 * @param groups how many replicas it has; 0 if it does not answer
 * @param leaders how many groups it leads
 * @param bytes estimate of its data
 * @param clock how its clock is
 */
public record ServerInfo(
    ServerPlace place, boolean up, int groups, int leaders, long bytes, Clock clock) {

  /**
   * A server's clock.
   *
   * @param uncertainty half the width of its TrueTime interval
   * @param source where its time comes from
   * @param fault why it leads nothing and votes for nobody; null if its clock is good
   * @param distrusted the servers whose clocks contradict its own
   */
  public record Clock(
      Duration uncertainty, String source, @Nullable String fault, List<ServerId> distrusted) {
    /** Of a server that does not answer. */
    public static final Clock UNKNOWN = new Clock(Duration.ZERO, "", null, List.of());

    public Clock {
      distrusted = List.copyOf(distrusted);
    }
  }
}
