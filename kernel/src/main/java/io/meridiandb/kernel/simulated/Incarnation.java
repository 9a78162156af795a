package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.kernel.disk.MappedFile;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Transport;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One life of a server, from its start to its crash. Everything made for it asks here whether it
 * still lives; after the crash nothing of it ever runs again, but for fibers that unwind.
 */
final class Incarnation {
  private final SimulatedWorld world;
  private final ServerId server;
  private final long number;
  private final SimulatedEvents events;
  private final Set<SimulatedFiber> fibers = new LinkedHashSet<>();
  private final Set<MappedFile> mappings = new LinkedHashSet<>();
  private Transport.@Nullable Receiver receiver;
  private boolean alive = true;
  private long pausedUntil;

  Incarnation(SimulatedWorld world, ServerId server, long number, SimulatedEvents events) {
    this.world = world;
    this.server = server;
    this.number = number;
    this.events = events;
  }

  Env env(SimulatedClocks clocks, SimulatedDisk disk) {
    return new Env(
        new SimulatedStrands(this),
        new SimulatedFibers(this),
        clocks,
        random("env"),
        world.network().transport(this),
        disk.opened(this),
        world.faultSites().of(this),
        events.of(this));
  }

  SimulatedWorld world() {
    return world;
  }

  ServerId server() {
    return server;
  }

  /** Which life of its server it is, counted from 1. */
  long number() {
    return number;
  }

  SimulatedEvents events() {
    return events;
  }

  boolean alive() {
    return alive;
  }

  long pausedUntil() {
    return pausedUntil;
  }

  void pause(long until) {
    pausedUntil = Math.max(pausedUntil, until);
  }

  Transport.@Nullable Receiver receiver() {
    return receiver;
  }

  void listen(Transport.Receiver newReceiver) {
    if (receiver != null) {
      throw new IllegalStateException(this + " listens already");
    }
    receiver = newReceiver;
  }

  void add(SimulatedFiber fiber) {
    fibers.add(fiber);
  }

  void remove(SimulatedFiber fiber) {
    fibers.remove(fiber);
  }

  void add(MappedFile mapping) {
    mappings.add(mapping);
  }

  /**
   * Ends this life: nothing of it is to come. Parked fibers are made to unwind by events of this
   * very instant.
   */
  void end() {
    alive = false;
    receiver = null;
    world.queue().dropEventsOf(this);
    for (SimulatedFiber fiber : List.copyOf(fibers)) {
      fiber.kill();
    }
  }

  /** Ends all mappings; after the last fiber has unwound. */
  void unmap() {
    for (MappedFile mapping : mappings) {
      mapping.close();
    }
    mappings.clear();
  }

  /**
   * To be called by whatever acts for this incarnation and cannot just be ignored.
   *
   * @throws ServerCrashed if it has ended
   */
  void checkAlive() {
    if (!alive) {
      throw new ServerCrashed(server.toString());
    }
  }

  RandomSource random(String name) {
    return new SeededRandom(world.seed()).fork(server.toString()).fork("life-" + number).fork(name);
  }

  @Override
  public String toString() {
    return server + "#" + number;
  }
}
