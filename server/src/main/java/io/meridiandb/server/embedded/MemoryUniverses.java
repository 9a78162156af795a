package io.meridiandb.server.embedded;

import io.meridiandb.wire.spi.EmbeddedUniverse;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The universes of this JVM by name. One starts at its first connection and ends with its last; its
 * data is memory, so it ends as well. Found by the driver through {@link java.util.ServiceLoader}.
 */
public final class MemoryUniverses implements EmbeddedUniverse {
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Map<String, MemoryUniverse> RUNNING = new TreeMap<>(); // guarded by LOCK

  /** Used by {@code ServiceLoader}. */
  public MemoryUniverses() {}

  @Override
  public FrameChannel connect(String name, FrameChannel.Listener listener) {
    LOCK.lock();
    try {
      MemoryUniverse universe = RUNNING.get(name);
      if (universe == null || universe.hasDied()) {
        universe = MemoryUniverse.start(name);
        RUNNING.put(name, universe);
      }
      return universe.connect(listener, MemoryUniverses::left);
    } finally {
      LOCK.unlock();
    }
  }

  private static void left(MemoryUniverse universe) {
    @Nullable MemoryUniverse over = null;
    LOCK.lock();
    try {
      if (universe.leave() == 0 && RUNNING.remove(universe.name(), universe)) {
        over = universe;
      }
    } finally {
      LOCK.unlock();
    }
    if (over != null) {
      over.stop();
    }
  }
}
