package io.meridiandb.kernel.system;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Strands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Strands on a fixed number of event loops; blocking ones with a loop of their own. */
final class SystemStrands implements Strands, AutoCloseable {
  /** A tablet flushes every few seconds or not at all, and thousands of tablets may be quiet. */
  private static final Duration REST_AFTER = Duration.ofSeconds(30);

  private final String server;
  private final Events events;
  private final FatalErrors fatal;
  private final List<EventLoop> shared = new ArrayList<>();
  private final Queue<EventLoop> own = new ConcurrentLinkedQueue<>();
  private final AtomicInteger made = new AtomicInteger();

  SystemStrands(String server, int loops, Events events, FatalErrors fatal) {
    this.server = server;
    this.events = events;
    this.fatal = fatal;
    for (int i = 0; i < loops; i++) {
      shared.add(EventLoop.start(server + "/loop-" + i, events, fatal));
    }
  }

  @Override
  public Strand create(String name) {
    return shared.get(Math.floorMod(made.getAndIncrement(), shared.size())).strand(name);
  }

  @Override
  public Strand createBlocking(String name) {
    EventLoop loop = EventLoop.blocking(server + "/" + name, REST_AFTER, events, fatal);
    own.add(loop);
    return loop.strand(name);
  }

  /** Ends all loops; those that may block last, as the others hand them work. */
  @Override
  public void close() {
    shared.forEach(EventLoop::close);
    own.forEach(EventLoop::close);
  }
}
