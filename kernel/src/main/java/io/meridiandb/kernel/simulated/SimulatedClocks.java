package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.time.Clocks;

/**
 * The clocks of one server: true time plus an error that wanders slowly within the bound. Each
 * server is a machine of its own, so boot clocks of two servers cannot be compared.
 */
public final class SimulatedClocks implements Clocks {
  private static final int MILLION = 1_000_000;

  /** Slope of the error: 100 parts per million, half of what the paper allows for. */
  private static final long DRIFT_DIVISOR = MILLION / 100;

  private final SimulatedWorld world;
  private final String host;
  private final long phase;
  private long boundNanos;
  private long lieNanos;
  private long lieOfThisLife;
  private long wallPhase;
  private long wallDivisor = DRIFT_DIVISOR;
  private long boots = 1;
  private long bootedAt;

  SimulatedClocks(SimulatedWorld world, String host, RandomSource random, long boundNanos) {
    this.world = world;
    this.host = host;
    this.phase = random.nextLong() >>> 2;
    this.wallPhase = phase;
    this.boundNanos = boundNanos;
    this.bootedAt = -1_000_000_000L * (60 + random.nextInt(3600));
  }

  /** How far the clock may be off, in nanoseconds: half the width of an honest interval. */
  public long boundNanos() {
    return boundNanos;
  }

  /** Sets how far the clock may be off. */
  public void bound(long nanos) {
    world.queue().concernsAll();
    boundNanos = nanos;
  }

  /**
   * Puts the wall clock at another place within its bound at once; it may go back by that.
   *
   * @param random decides where
   */
  public void step(long random) {
    world.queue().concernsAll();
    wallPhase = random >>> 2;
  }

  /**
   * From now on the wall clock's error changes so fast, still within the bound: somebody slews it.
   * It goes on from where it is; the boot clock is nobody's to slew.
   */
  public void slew(int partsPerMillion) {
    world.queue().concernsAll();
    long divisor = MILLION / partsPerMillion;
    wallPhase += world.queue().now() / wallDivisor - world.queue().now() / divisor;
    wallDivisor = divisor;
  }

  /**
   * Makes the clock wrong by {@code nanos} beyond its honest error: a fault TrueTime must notice.
   */
  public void lie(long nanos) {
    world.queue().concernsAll();
    lieNanos = nanos;
  }

  /** The same until the server starts again: whoever starts it has set the clock right before. */
  public void lieInThisLife(long nanos) {
    world.queue().concernsAll();
    lieOfThisLife = nanos;
  }

  /** The server starts, with a clock that was set right. */
  void started() {
    lieOfThisLife = 0;
  }

  /** The machine has lost power and starts again. */
  void reboot() {
    boots++;
    bootedAt = world.queue().now() - 1_000_000_000L;
  }

  @Override
  public long bootNanos() {
    return world.queue().now() - bootedAt + error(phase, DRIFT_DIVISOR);
  }

  @Override
  public long wallNanos() {
    return SimulatedWorld.BEGIN.nanos()
        + world.queue().now()
        + error(wallPhase, wallDivisor)
        + lieNanos
        + lieOfThisLife;
  }

  @Override
  public String bootId() {
    return "simulated-" + host + "-boot-" + boots;
  }

  /** A triangle wave between minus and plus the bound, in whole numbers. */
  private long error(long from, long divisor) {
    if (boundNanos == 0) {
      return 0;
    }
    long position = Math.floorMod(from + world.queue().now() / divisor, 4 * boundNanos);
    long rising = position < 2 * boundNanos ? position : 4 * boundNanos - position;
    return rising - boundNanos;
  }
}
