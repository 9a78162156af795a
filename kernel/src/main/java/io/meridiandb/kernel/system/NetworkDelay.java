package io.meridiandb.kernel.system;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.kernel.strand.Strand;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The distances that a process plays: one thread, and one switch for all its {@link
 * DelayingTransport}s. Distances may change at any time; frames on their way keep their old ones.
 */
public final class NetworkDelay implements AutoCloseable {
  /** Bytes of data frames held back at a time; more are dropped, as a full queue drops them. */
  public static final long DATA_BYTES_MAX = 256L << 20;

  private final Function<ServerId, String> regionOf;
  private final Events events;
  private final EventLoop loop;
  private final AtomicLong dataBytes = new AtomicLong();
  private volatile LatencyMatrix latencies;

  /**
   * Starts its thread, a daemon.
   *
   * @param latencies how far regions lie apart at first
   * @param regionOf the region of each server that frames are sent to or from
   * @param events where dropped frames are counted ({@code net.dropped})
   * @param fatal what to do with an Error
   */
  public NetworkDelay(
      LatencyMatrix latencies,
      Function<ServerId, String> regionOf,
      Events events,
      FatalErrors fatal) {
    this.latencies = latencies;
    this.regionOf = regionOf;
    this.events = events;
    this.loop = EventLoop.start("network-delay", events, fatal);
  }

  /** Distances from now on; callable from any thread. */
  public void latencies(LatencyMatrix fromNow) {
    latencies = fromNow;
  }

  /** Distances now. */
  public LatencyMatrix latencies() {
    return latencies;
  }

  /** One way between two servers now. */
  LatencyMatrix.Delay between(ServerId from, ServerId to) {
    return from.equals(to)
        ? LatencyMatrix.Delay.NONE
        : latencies.between(regionOf.apply(from), regionOf.apply(to));
  }

  Strand strand(String name) {
    return loop.strand(name);
  }

  /** Takes room for a data frame; false, and counted, if there is none. */
  boolean hold(long bytes) {
    if (dataBytes.addAndGet(bytes) > DATA_BYTES_MAX) {
      dataBytes.addAndGet(-bytes);
      events.count("net.dropped", 1);
      return false;
    }
    return true;
  }

  void release(long bytes) {
    dataBytes.addAndGet(-bytes);
  }

  /** Frames that are held back are lost; new ones as well. */
  @Override
  public void close() {
    loop.close();
  }
}
