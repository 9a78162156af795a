package io.meridiandb.truetime;

import io.meridiandb.kernel.time.Clocks;

/** Clocks that a test sets. */
final class ManualClocks implements Clocks {
  long boot;
  long wall;
  String bootId = "boot-a";

  ManualClocks(long boot, long wall) {
    this.boot = boot;
    this.wall = wall;
  }

  @Override
  public long bootNanos() {
    return boot;
  }

  @Override
  public long wallNanos() {
    return wall;
  }

  @Override
  public String bootId() {
    return bootId;
  }
}
