package io.meridiandb.simulator.invariant;

import org.jspecify.annotations.Nullable;

/** A rule about what passes between parts: seen when it passes, told after that event. */
abstract class Heard implements Invariant, Observer {
  private @Nullable String breach;

  /** The rule is broken; the first words count. */
  final void breach(String format, Object... args) {
    if (breach == null) {
      breach = format.formatted(args);
    }
  }

  @Override
  public final @Nullable String broken(Sight sight) {
    return breach;
  }
}
