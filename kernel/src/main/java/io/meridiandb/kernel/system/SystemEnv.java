package io.meridiandb.kernel.system;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.fault.Faults;
import io.meridiandb.kernel.net.Transport;
import java.security.SecureRandom;

/**
 * The production {@link Env} of one server, and what must be closed with it. Its threads are
 * daemons: the launcher keeps the process alive, an embedded universe does not.
 */
public final class SystemEnv implements AutoCloseable {
  private final Env env;
  private final SystemStrands strands;
  private final SystemFibers fibers;

  private SystemEnv(Env env, SystemStrands strands, SystemFibers fibers) {
    this.env = env;
    this.strands = strands;
    this.fibers = fibers;
  }

  /**
   * Starts the event loops of a server that has the process to itself: half as many as there are
   * cores, at least one; an Error that escapes ends the process.
   *
   * @param server its name, for threads and events
   * @param transport closed by the caller, before the Env
   * @param disk closed by the caller, after the Env
   */
  public static SystemEnv create(String server, Transport transport, Disk disk, Events events) {
    int loops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    return create(server, loops, transport, disk, events, FatalErrors.HALT);
  }

  /**
   * Starts the event loops of a server.
   *
   * @param loops how many threads the strands share
   * @param fatal what to do with an Error; an embedded server must not end its host
   */
  public static SystemEnv create(
      String server, int loops, Transport transport, Disk disk, Events events, FatalErrors fatal) {
    SystemStrands strands = new SystemStrands(server, loops, events, fatal);
    SystemFibers fibers = new SystemFibers(server, events, fatal);
    Env env =
        new Env(
            strands,
            fibers,
            new SystemClocks(),
            new SeededRandom(new SecureRandom().nextLong()),
            transport,
            disk,
            Faults.NONE,
            events);
    return new SystemEnv(env, strands, fibers);
  }

  /** What the server is given. */
  public Env env() {
    return env;
  }

  /**
   * Wakes the fibers (they end by {@link ServerClosedException}), runs what the strands have queued
   * and ends their threads. Blocks a few seconds at most; a second call does nothing more.
   */
  @Override
  public void close() {
    fibers.close();
    strands.close();
  }
}
