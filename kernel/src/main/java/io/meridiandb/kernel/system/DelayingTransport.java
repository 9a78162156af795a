package io.meridiandb.kernel.system;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.kernel.net.Transport;
import io.meridiandb.kernel.strand.Strand;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Holds frames back before it sends them, so that one machine shows what regions feel like. Frames
 * to one server and of one lane keep their order, also while distances change. A frame that need
 * not wait, and has none before it that waits, is sent within the call.
 */
public final class DelayingTransport implements Transport {
  /** A frame and the nanoTime at which it may go. */
  private record Held(long dueNanos, byte[] frame) {}

  /** What waits for one server in one lane; guarded by the transport's lock. */
  private static final class Way {
    private final ServerId to;
    private final Lane lane;
    private final Queue<Held> held = new ArrayDeque<>();
    private long lastDue = System.nanoTime();

    /** Whether a frame is being sent now, which others must not overtake. */
    private boolean sending;

    Way(ServerId to, Lane lane) {
      this.to = to;
      this.lane = lane;
    }
  }

  private final Transport below;
  private final ServerId self;
  private final NetworkDelay delay;
  private final RandomSource random;
  private final Strand strand;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<ServerId, Map<Lane, Way>> ways = new TreeMap<>();

  /**
   * One server's access to a network with distances.
   *
   * @param below carries the frames that have waited long enough
   * @param self the server
   * @param delay distances, and the thread that waits
   * @param random for jitter; this transport owns it
   */
  public DelayingTransport(
      Transport below, ServerId self, NetworkDelay delay, RandomSource random) {
    this.below = below;
    this.self = self;
    this.delay = delay;
    this.random = random;
    this.strand = delay.strand("delay-of-" + self);
  }

  @Override
  public void listen(Receiver receiver) {
    below.listen(receiver);
  }

  @Override
  public void send(ServerId to, Lane lane, byte[] frame) {
    LatencyMatrix.Delay now = delay.between(self, to);
    Duration wait;
    Way way;
    lock.lock();
    try {
      way =
          ways.computeIfAbsent(to, server -> new TreeMap<>())
              .computeIfAbsent(lane, name -> new Way(to, name));
      if (now.isNone() && way.held.isEmpty() && !way.sending) {
        wait = Duration.ZERO;
      } else {
        long time = System.nanoTime();
        long due = time + now.nanos() + jitter(now.jitterNanos());
        due = due - way.lastDue < 0 ? way.lastDue : due;
        if (lane == Lane.DATA && !delay.hold(frame.length)) {
          return;
        }
        way.lastDue = due;
        way.held.add(new Held(due, frame.clone()));
        wait = Duration.ofNanos(Math.max(1, due - time));
      }
    } finally {
      lock.unlock();
    }
    if (wait.isZero()) {
      below.send(to, lane, frame);
    } else {
      strand.schedule(wait, () -> sendDue(way));
    }
  }

  private long jitter(long max) {
    return max == 0 ? 0 : Math.floorMod(random.nextLong(), max);
  }

  /** On the strand: sends what has waited long enough; each frame has a timer of its own. */
  private void sendDue(Way way) {
    for (Held next = take(way); next != null; next = take(way)) {
      if (way.lane == Lane.DATA) {
        delay.release(next.frame.length);
      }
      below.send(way.to, way.lane, next.frame);
    }
  }

  private @Nullable Held take(Way way) {
    lock.lock();
    try {
      Held head = way.held.peek();
      boolean due = head != null && head.dueNanos - System.nanoTime() <= 0;
      way.sending = due;
      return due ? way.held.poll() : null;
    } finally {
      lock.unlock();
    }
  }
}
