package io.meridiandb.placement.driver;

import io.meridiandb.kernel.id.ServerId;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How long servers have not answered, as one placement driver has seen it: it forgets when the duty
 * goes to another, so a server is given up late rather than early. For one fiber.
 */
final class Silence {
  private final Map<ServerId, Long> since = new TreeMap<>();

  /**
   * Who answered now.
   *
   * @param nowNanos on the boot clock
   */
  void look(Collection<ServerId> all, Collection<ServerId> answering, long nowNanos) {
    for (ServerId server : all) {
      if (answering.contains(server)) {
        since.remove(server);
      } else {
        since.putIfAbsent(server, nowNanos);
      }
    }
  }

  /** Who did not answer when it was asked last. */
  Set<ServerId> silent() {
    return new TreeSet<>(since.keySet());
  }

  /** Who has not answered for so long. */
  Set<ServerId> silentFor(Duration length, long nowNanos) {
    Set<ServerId> gone = new TreeSet<>();
    since.forEach((server, begin) -> {
      if (nowNanos - begin >= length.toNanos()) {
        gone.add(server);
      }
    });
    return gone;
  }
}
