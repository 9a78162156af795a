package io.meridiandb.kernel.id;

/**
 * The identity of one whole deployment, minted by {@code init}; part of every message, so that
 * servers of two universes can never take each other's word.
 *
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record UniverseId(long high, long low) {
  /** 32 hexadecimal digits. */
  @Override
  public String toString() {
    return "%016x%016x".formatted(high, low);
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if the text is not 32 hexadecimal digits
   */
  public static UniverseId parse(String text) {
    if (text.length() != 32) {
      throw new IllegalArgumentException("a universe id has 32 hexadecimal digits, not: " + text);
    }
    return new UniverseId(
        Long.parseUnsignedLong(text.substring(0, 16), 16),
        Long.parseUnsignedLong(text.substring(16), 16));
  }
}
