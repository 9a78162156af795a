package io.meridiandb.truetime;

import io.meridiandb.kernel.time.Clocks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The wall clock with the bound that AWS ClockBound's daemon publishes; see {@link
 * ClockBoundSegment}. The segment is read anew every 10 ms, by its path, so that a daemon that was
 * started again is found. A clock that the hypervisor disrupts is known as such once the daemon has
 * seen it; its step is seen at once.
 */
final class ClockBoundSource implements ClockSource {
  private static final long AGE_MAX = Duration.ofMillis(10).toNanos();

  private record Sample(long boot, @Nullable ClockBoundSegment segment, String problem) {}

  private final Clocks clocks;
  private final HostTime host;
  private final Path path;
  private volatile @Nullable Sample sample;

  ClockBoundSource(Clocks clocks, HostTime host, Path path) {
    this.clocks = clocks;
    this.host = host;
    this.path = path;
  }

  @Override
  public ClockReading read() {
    long boot = clocks.bootNanos();
    Sample last = sample;
    if (last == null || boot - last.boot() > AGE_MAX) {
      last = sample(boot);
      sample = last;
    }
    ClockBoundSegment segment = last.segment();
    if (segment == null) {
      return new ClockReading.Bad(last.problem());
    }
    long wall = clocks.wallNanos();
    return segment.judge(wall, host.monotonicNanos());
  }

  private Sample sample(long boot) {
    try {
      return new Sample(boot, ClockBoundSegment.read(host, path), "");
    } catch (IOException e) {
      return new Sample(
          boot,
          null,
          "ClockBound's segment %s cannot be read (%s): is its daemon running?".formatted(path, e));
    } catch (ClockBoundSegment.UnreadableException e) {
      return new Sample(
          boot, null, "ClockBound's segment %s cannot be used, %s".formatted(path, e.getMessage()));
    }
  }
}
