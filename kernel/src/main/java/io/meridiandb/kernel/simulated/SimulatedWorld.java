package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Servers, network, disks and clocks in virtual time, all from one seed.
 *
 * <p>Everything that happens is an event of one queue. Blocking code runs on fibers: virtual
 * threads to which the queue hands the turn one at a time and which hand it back when they wait. So
 * at any moment one thread runs, and the same seed gives the same run, in any JVM, beside any other
 * world.
 *
 * <p>A test makes a world, takes an {@link Env} for each server, assembles what it wants to test
 * and lets time run. {@link #hash} is equal for two runs of one seed; where it is not, {@link
 * #listTo} shows the first difference. Not for concurrent use: one test thread drives one world.
 */
public final class SimulatedWorld implements AutoCloseable {
  /** Absolute time when a world begins: 2030-01-01T00:00:00Z. */
  public static final Timestamp BEGIN = new Timestamp(1_893_456_000_000_000_000L);

  /** How far a server's clock may be off unless told otherwise. */
  public static final Duration CLOCK_BOUND = Duration.ofMillis(2);

  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(10);
  private static final int FAILURES_SHOWN = 3;

  /**
   * An exception that a server could not handle.
   *
   * @param server whose
   * @param source the part that reported it
   * @param message its words
   * @param cause the exception
   */
  public record Failure(String server, String source, String message, Throwable cause) {}

  private record Machine(SimulatedDisk disk, SimulatedClocks clocks, SimulatedEvents events) {}

  private record Life(Incarnation incarnation, Env env) {}

  private final long seed;
  private final Trace trace;
  private final EventQueue queue;
  private final RandomSource random;
  private final FaultCounts faults = new FaultCounts();
  private final FaultSites faultSites = new FaultSites(this);
  private final SimulatedNetwork network;
  private final Turns turns = new Turns();
  private final Map<ServerId, Machine> machines = new TreeMap<>();
  private final Map<ServerId, Life> lives = new LinkedHashMap<>();
  private final Map<ServerId, Long> starts = new TreeMap<>();
  private final List<Failure> failures = new ArrayList<>();
  private Runnable afterEvent = () -> {};
  private @Nullable SimulatedStrand currentStrand;
  private long unwound;

  /** A world without servers and faults. */
  public SimulatedWorld(long seed) {
    this.seed = seed;
    random = new SeededRandom(seed);
    trace = new Trace(seed);
    queue = new EventQueue(random.fork("order"), trace);
    network = new SimulatedNetwork(this, random.fork("network"), faults);
  }

  /** The number from which everything follows. */
  public long seed() {
    return seed;
  }

  /** A source of randomness for the test itself; equal names give equal numbers. */
  public RandomSource random(String name) {
    return random.fork("test").fork(name);
  }

  /** The living server's world; starts it at the first call. */
  public Env server(ServerId id) {
    checkTurn();
    Life life = lives.get(id);
    if (life == null) {
      if (starts.containsKey(id)) {
        throw new IllegalStateException(id + " has crashed; restart it first");
      }
      life = start(id);
    }
    return life.env;
  }

  /** All servers that were ever started, in order of their numbers; not a copy. */
  public Set<ServerId> servers() {
    return Collections.unmodifiableSet(machines.keySet());
  }

  /** Whether the server runs. */
  public boolean runs(ServerId id) {
    return lives.containsKey(id);
  }

  /** Which life of the server runs, counted from 1; 0 if it does not run. */
  public long life(ServerId id) {
    Life life = lives.get(id);
    return life == null ? 0 : life.incarnation.number();
  }

  /**
   * Power is lost: strands, timers and fibers are gone at once, the disk keeps what was forced and
   * some of the rest, perhaps torn. No effect on a server that does not run.
   */
  public void crash(ServerId id) {
    if (end(id, "crash")) {
      Machine machine = machine(id);
      faults.fired("server-crash");
      if (machine.disk.losePower()) {
        faults.mattered("server-crash");
      }
      machine.clocks.reboot();
    }
  }

  /** The process ends at once, the machine goes on: all bytes written are still there. */
  public void kill(ServerId id) {
    if (end(id, "kill")) {
      network.closeConnections(id);
      faults.fired("server-kill");
      faults.mattered("server-kill");
    }
  }

  /** Starts a server that does not run, on the disk that it left. */
  public Env restart(ServerId id) {
    checkTurn();
    if (lives.containsKey(id)) {
      throw new IllegalStateException(id + " runs");
    }
    return start(id).env;
  }

  /**
   * Nothing of the server runs for so long, as in a collection of garbage; then all that waited.
   */
  public void pause(ServerId id, Duration duration) {
    checkTurn();
    Life life = lives.get(id);
    if (life != null) {
      faults.fired("server-pause");
      faults.mattered("server-pause");
      life.incarnation.pause(queue.now() + nanos(duration));
    }
  }

  /** The server's disk, to look at or to hurt. */
  public SimulatedDisk disk(ServerId id) {
    return machine(id).disk;
  }

  /** The server's clocks, to set their error. */
  public SimulatedClocks clocks(ServerId id) {
    return machine(id).clocks;
  }

  /** The network between the servers. */
  public SimulatedNetwork network() {
    return network;
  }

  /** What was done to the world so far. */
  public FaultCounts faults() {
    return faults;
  }

  /** The fault sites inside the product. */
  public FaultSites faultSites() {
    return faultSites;
  }

  /** Counters of one server over all its lives. */
  public Map<String, Long> counters(ServerId id) {
    return machine(id).events.counters();
  }

  /** Exceptions that no server could handle. A test that wants none asserts that this is empty. */
  public List<Failure> failures() {
    return List.copyOf(failures);
  }

  /** How many fibers were ended because their server crashed. */
  public long fibersUnwound() {
    return unwound;
  }

  /** Absolute time, which no server knows. */
  public Timestamp trueTime() {
    return BEGIN.plusNanos(queue.now());
  }

  /** Virtual time since the world began. */
  public Duration elapsed() {
    return Duration.ofNanos(queue.now());
  }

  /** Events that have run. */
  public long events() {
    return queue.executed();
  }

  /** The hash over everything that happened so far, in the network and on the disks as well. */
  public String hash() {
    return "%016x".formatted(trace.hash());
  }

  /** Takes the bytes of all disks, durable or not, into the hash. */
  public void hashDisks() {
    machines.forEach((id, machine) -> {
      trace.add(id.value());
      machine.disk.hashInto(trace);
    });
  }

  /** From now on gives a line of text for everything that goes into the hash. */
  public void listTo(Consumer<String> lines) {
    trace.listTo(lines);
  }

  /** Adds a line to the listing, for people; it does not change the hash, nor anything else. */
  public void say(String what) {
    trace.line(queue.now(), () -> "*** " + what);
  }

  /** How long, in real time, one event may take before the run is declared stuck. */
  public void watchdog(Duration realTime) {
    turns.watchdog(realTime);
  }

  /**
   * Calls something after every event, on the thread of the queue: for rules that must always hold.
   * It may look at everything and must change nothing.
   */
  public void afterEveryEvent(Runnable look) {
    afterEvent = look;
  }

  /**
   * The server that the last event was of, or reached: no other server's state has changed by it,
   * but for the time. A client's machine counts as a server.
   *
   * @return null if it may have concerned anybody
   */
  public @Nullable ServerId lastConcerned() {
    return queue.concerned();
  }

  /** Runs something in the world after {@code delay}: for faults and observations of a test. */
  public void schedule(Duration delay, Runnable action) {
    checkTurn();
    queue.post(nanos(delay), "test", null, action);
  }

  /** The same for something that changes the state of no server but one. */
  public void scheduleFor(ServerId one, Duration delay, Runnable action) {
    checkTurn();
    queue.post(
        nanos(delay),
        "test",
        null,
        () -> {
          queue.concernsOnly(one);
          action.run();
        });
  }

  /** Lets time run. */
  public void runFor(Duration duration) {
    drive(deadline(duration), () -> false);
  }

  /**
   * Lets time run until {@code condition} holds, looked at after every event.
   *
   * @throws AssertionError if it does not hold within {@code timeout} of virtual time
   */
  public void runUntil(BooleanSupplier condition, Duration timeout) {
    if (!runUpTo(timeout, condition)) {
      throw new AssertionError(
          "seed %d: not reached within %s of virtual time; failures of servers: %s"
              .formatted(seed, timeout, failures.stream().limit(FAILURES_SHOWN).toList()));
    }
  }

  /**
   * Lets time run until {@code condition} holds, looked at after every event, or the time is over.
   *
   * @return whether it holds
   */
  public boolean runUpTo(Duration timeout, BooleanSupplier condition) {
    if (!condition.getAsBoolean()) {
      drive(deadline(timeout), condition);
    }
    return condition.getAsBoolean();
  }

  /** Whether the caller is a fiber of this world that has the turn: it may wait by its Env. */
  public boolean onFiber() {
    return turns.currentFiber() != null;
  }

  /** Runs a blocking body on a fiber of the server to its end, ten virtual minutes at most. */
  public <T extends @Nullable Object> T call(ServerId id, Callable<T> body) throws Exception {
    return call(id, body, CALL_TIMEOUT);
  }

  /**
   * Runs a blocking body on a fiber of the server to its end.
   *
   * @return its value
   * @throws Exception what the body threw
   * @throws AssertionError if it does not end within {@code timeout} of virtual time, or its server
   *     crashes
   */
  public <T extends @Nullable Object> T call(ServerId id, Callable<T> body, Duration timeout)
      throws Exception {
    CompletableFuture<T> ended = new CompletableFuture<>();
    Env env = server(id);
    env.fibers().start("call", () -> complete(ended, body));
    runUntil(ended::isDone, timeout);
    if (ended.isCompletedExceptionally()) {
      Throwable failure = ended.exceptionNow();
      if (failure instanceof Exception exception) {
        throw exception;
      }
      throw failure instanceof Error error ? error : new AssertionError(failure);
    }
    return ended.join();
  }

  private static <T extends @Nullable Object> void complete(
      CompletableFuture<T> ended, Callable<T> body) {
    try {
      ended.complete(body.call());
    } catch (ServerCrashed e) {
      ended.completeExceptionally(new AssertionError("the server crashed during the call", e));
      throw e;
    } catch (Throwable e) {
      ended.completeExceptionally(e);
    }
  }

  /** Ends all servers and their fibers. A world that is not closed leaves parked threads behind. */
  @Override
  public void close() {
    turns.forgetFailure();
    for (ServerId id : servers()) {
      end(id, "close");
    }
    drive(queue.now() + 1, () -> false);
  }

  private Life start(ServerId id) {
    queue.concernsAll();
    long number = starts.merge(id, 1L, Long::sum);
    Machine machine = machine(id);
    machine.clocks.started();
    Incarnation incarnation = new Incarnation(this, id, number, machine.events);
    Life life = new Life(incarnation, incarnation.env(machine.clocks, machine.disk));
    lives.put(id, life);
    note("start " + incarnation);
    return life;
  }

  private boolean end(ServerId id, String how) {
    checkTurn();
    Life life = lives.remove(id);
    if (life == null) {
      return false;
    }
    queue.concernsAll();
    note(how + " " + life.incarnation);
    life.incarnation.end();
    queue.post(1, "unmap", null, life.incarnation::unmap);
    return true;
  }

  private Machine machine(ServerId id) {
    return machines.computeIfAbsent(
        id,
        server -> {
          RandomSource own = random.fork(server.toString());
          return new Machine(
              new SimulatedDisk(this, server, own.fork("disk")),
              new SimulatedClocks(
                  this, server.toString(), own.fork("clocks"), CLOCK_BOUND.toNanos()),
              new SimulatedEvents(this, server.toString()));
        });
  }

  private void note(String what) {
    trace.add(what);
    trace.line(queue.now(), () -> what);
  }

  private long deadline(Duration duration) {
    long sum = queue.now() + nanos(duration);
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  private void drive(long deadline, BooleanSupplier done) {
    turns.drive(
        "world-" + seed,
        queue::executed,
        () -> {
          if (done.getAsBoolean() || !queue.step(deadline)) {
            return false;
          }
          afterEvent.run();
          queue.looked();
          return true;
        });
  }

  static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  EventQueue queue() {
    return queue;
  }

  Trace trace() {
    return trace;
  }

  /** The incarnation that takes frames for this server now; null if it does not run. */
  @Nullable Incarnation receiver(ServerId id) {
    Life life = lives.get(id);
    return life == null ? null : life.incarnation;
  }

  @Nullable SimulatedStrand currentStrand() {
    return currentStrand;
  }

  void enterStrand(@Nullable SimulatedStrand strand) {
    currentStrand = strand;
  }

  @Nullable SimulatedFiber currentFiber() {
    return turns.currentFiber();
  }

  void handTurnTo(SimulatedFiber fiber, Thread thread, Baton turn) {
    turns.handTo(fiber, thread, turn);
  }

  void giveTurnBack() {
    turns.giveBack();
  }

  void checkTurn() {
    turns.check();
  }

  void fail(Throwable failure) {
    turns.fail(failure);
  }

  void failed(Failure failure) {
    failures.add(failure);
  }

  void fiberUnwound() {
    unwound++;
  }
}
