package io.meridiandb.kernel;

/**
 * A source of random numbers that can be split by name.
 *
 * <p>In simulation every source descends from the seed, so a fork's numbers depend on the seed and
 * on the names on its path alone, not on who drew before. In production the root is seeded by the
 * operating system. Not thread-safe: one strand or fiber owns one source.
 */
public interface RandomSource {
  /** The next 64 random bits. */
  long nextLong();

  /**
   * A number in {@code [0, bound)}.
   *
   * @throws IllegalArgumentException if {@code bound} is not positive
   */
  int nextInt(int bound);

  /** True {@code numerator} times out of {@code denominator}: no floating point, so no rounding. */
  default boolean chance(int numerator, int denominator) {
    return nextInt(denominator) < numerator;
  }

  /** An independent source, determined by this source's seed and {@code name} alone. */
  RandomSource fork(String name);
}
