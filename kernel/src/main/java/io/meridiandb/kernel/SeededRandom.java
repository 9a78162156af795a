package io.meridiandb.kernel;

/**
 * The one implementation of {@link RandomSource}: SplitMix64. The simulator seeds the root with the
 * run's seed, production with numbers of the operating system. Not for secrets.
 */
public final class SeededRandom implements RandomSource {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final long seed;
  private long state;

  public SeededRandom(long seed) {
    this.seed = seed;
    this.state = seed;
  }

  @Override
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  @Override
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive: " + bound);
    }
    // Multiply and shift: the bias is below bound / 2^32, and no draw is ever thrown away.
    return (int) (((nextLong() >>> 32) * bound) >>> 32);
  }

  @Override
  public RandomSource fork(String name) {
    long child = mix(seed ^ GOLDEN_GAMMA);
    for (int i = 0; i < name.length(); i++) {
      child = mix((child ^ name.charAt(i)) + GOLDEN_GAMMA);
    }
    return new SeededRandom(child);
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
