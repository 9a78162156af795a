package io.meridiandb.kernel.simulated;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The running hash over all that happens in a world, and on demand a listing: the first line in
 * which the listings of two runs differ is where determinism was lost.
 */
final class Trace {
  private long hash;
  private @Nullable Consumer<String> listing;

  Trace(long seed) {
    hash = seed;
  }

  void listTo(Consumer<String> lines) {
    listing = lines;
  }

  void add(long value) {
    long mixed = (hash ^ value) * 0x9E3779B97F4A7C15L;
    hash = mixed ^ (mixed >>> 29);
  }

  /** A text counts by its hash, which it keeps once it was worked out: most are literals. */
  void add(String text) {
    add(text.hashCode());
  }

  /** Adds a line to the listing, if there is one; {@code text} is not computed otherwise. */
  void line(long nanos, Supplier<String> text) {
    Consumer<String> lines = listing;
    if (lines != null) {
      lines.accept(
          "%d.%09d %016x %s"
              .formatted(nanos / 1_000_000_000, nanos % 1_000_000_000, hash, text.get()));
    }
  }

  long hash() {
    return hash;
  }
}
