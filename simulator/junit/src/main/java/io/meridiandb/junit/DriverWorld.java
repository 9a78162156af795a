package io.meridiandb.junit;

import io.meridiandb.jdbc.MeridianDataSource;
import io.meridiandb.jdbc.link.Connector;
import io.meridiandb.jdbc.link.Surroundings;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.simulator.client.FiberSurroundings;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/**
 * The driver inside a simulated world. A thread that waits for an answer lets virtual time run: the
 * test's own thread drives the queue until the answer is there, a client's fiber hands its turn
 * back. Every other thread is refused, because no seed decides when it runs.
 */
final class DriverWorld {
  private final SimulatedUniverse universe;
  private final SimulatedWorld world;
  private final Thread testThread = Thread.currentThread();
  private final SimulatedUniverse.Client testMachine;
  private final Map<Long, SimulatedUniverse.Client> machines = new ConcurrentHashMap<>();
  private final Waiting surroundings;

  DriverWorld(SimulatedUniverse universe) {
    this.universe = universe;
    this.world = universe.world();
    this.testMachine = universe.newClient(universe.shape().regions().getFirst());
    this.surroundings = new Waiting();
  }

  /** The calling fiber is a client's, on that machine. */
  void enter(SimulatedUniverse.Client machine) {
    machines.put(Thread.currentThread().threadId(), machine);
  }

  /** The calling fiber ends. */
  void leave() {
    machines.remove(Thread.currentThread().threadId());
  }

  /** The caller's machine. */
  private SimulatedUniverse.Client machine() {
    SimulatedUniverse.Client machine = machines.get(Thread.currentThread().threadId());
    if (machine != null && world.onFiber()) {
      return machine;
    }
    if (Thread.currentThread() == testThread) {
      return testMachine;
    }
    throw new IllegalStateException(
        "thread '%s' is not one of the simulated universe's: use the data source on the test's thread, and start other clients by universe.client(name, body)"
            .formatted(Thread.currentThread().getName()));
  }

  private boolean onTestThread() {
    return machine().machine().equals(testMachine.machine());
  }

  /** Lets time run for so long. */
  void pause(Duration duration) {
    if (onTestThread()) {
      world.runFor(duration);
    } else {
      machine().env().fibers().sleep(duration);
    }
  }

  /** Lets time run until something is done. */
  void await(CompletableFuture<?> done, Duration timeout, String otherwise) {
    boolean inTime =
        onTestThread() ? world.runUpTo(timeout, done::isDone) : awaitOnFiber(done, timeout);
    if (!inTime) {
      throw new AssertionError(otherwise + " within " + timeout + " of virtual time");
    }
  }

  private boolean awaitOnFiber(CompletableFuture<?> done, Duration timeout) {
    try {
      machine().env().fibers().await(done.handle((value, failure) -> true), timeout);
      return true;
    } catch (AwaitTimeoutException e) {
      return done.isDone();
    }
  }

  /** A data source whose connections try a region's servers first; the caller's own if empty. */
  DataSource dataSource(String region) {
    List<Connector> ways = new ArrayList<>();
    for (int i = 0; i < universe.members().size(); i++) {
      ways.add(new Way(region, i));
    }
    return new MeridianDataSource("mem:simulated", ways);
  }

  /** A way to the n-th nearest server. */
  private final class Way implements Connector {
    private final String region;
    private final int number;

    Way(String region, int number) {
      this.region = region;
      this.number = number;
    }

    @Override
    public FrameChannel connect(FrameChannel.Listener listener) {
      SimulatedUniverse.Client machine = machine();
      String from = region.isEmpty() ? universe.regionOf(machine.machine()) : region;
      List<ServerId> nearestFirst = new ArrayList<>(universe.shape().named(from));
      universe.members().stream()
          .filter(server -> !nearestFirst.contains(server))
          .forEach(nearestFirst::add);
      return universe.connect(
          machine.machine(), nearestFirst.get(number), surroundings.telling(listener));
    }

    @Override
    public Surroundings surroundings() {
      return surroundings;
    }

    @Override
    public String toString() {
      return "the simulated universe's server %d near %s"
          .formatted(number + 1, region.isEmpty() ? "its client" : region);
    }
  }

  /** Who waits on the test's thread drives the world; who waits on a client's fiber hands back. */
  private final class Waiting extends FiberSurroundings {
    Waiting() {
      super(world, world.random("driver"), () -> machine().env().fibers());
    }

    @Override
    protected void waitFor(BooleanSupplier done, Duration timeout) {
      if (onTestThread()) {
        world.runUpTo(timeout, done);
      } else {
        super.waitFor(done, timeout);
      }
    }

    @Override
    protected void sleep(Duration length) {
      DriverWorld.this.pause(length);
    }
  }
}
