package io.meridiandb.truetime;

/** What a kind of clock reads; {@link GuardedTrueTime} makes TrueTime of it. */
@FunctionalInterface
public interface ClockSource {
  /** Reads the clock; callable from any thread, blocks for microseconds at most. */
  ClockReading read();
}
