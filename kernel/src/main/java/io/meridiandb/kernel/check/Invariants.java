package io.meridiandb.kernel.check;

import com.google.errorprone.annotations.FormatMethod;
import org.jspecify.annotations.Nullable;

/**
 * Assertions that stay on in production. A broken one is a bug, never bad input: it stops the group
 * on this server (the strand's owner decides), not the JVM.
 */
public final class Invariants {
  private Invariants() {}

  /**
   * Checks that {@code condition} holds.
   *
   * @throws InvariantViolation if it does not, with the formatted message
   */
  @FormatMethod
  public static void check(boolean condition, String format, @Nullable Object... args) {
    if (!condition) {
      throw new InvariantViolation(format.formatted(args));
    }
  }

  /**
   * For branches that cannot be reached.
   *
   * @throws InvariantViolation always
   */
  @FormatMethod
  public static InvariantViolation unreachable(String format, @Nullable Object... args) {
    throw new InvariantViolation(format.formatted(args));
  }
}
