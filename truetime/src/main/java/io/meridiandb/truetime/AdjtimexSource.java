package io.meridiandb.truetime;

import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.truetime.HostTime.KernelTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The wall clock with the kernel's bound on its error, which chronyd or ntpd keeps: maxerror plus
 * what is still being slewed (maxerror leaves that out), growing by 500 ppm since it was read.
 *
 * <p>Refused: a clock that nobody synchronises, and one whose daemon reports an error of zero at
 * each update (systemd-timesyncd), which would be no bound at all.
 *
 * <p>Limit: what chronyd slews by frequency alone is not seen by the kernel; use {@code clockbound}
 * where large corrections are slewed.
 */
final class AdjtimexSource implements ClockSource {
  /** {@code STA_UNSYNC} of linux/timex.h. */
  static final int UNSYNCHRONISED = 0x40;

  /** The result of adjtimex for a clock that is not synchronised. */
  static final int TIME_ERROR = 5;

  /** So much the kernel adds to maxerror at each full second: its own idea of the worst drift. */
  static final long MICROS_PER_SECOND = 500;

  /** A call takes 3 to 4 µs: the bound is read so often and carried on between. */
  private static final long AGE_MAX = Duration.ofMillis(100).toNanos();

  private static final long SECOND = 1_000_000_000L;

  /** 500 ppm. */
  private static final long DRIFT_DIVISOR = 2_000;

  private record Sample(long boot, KernelTime kernel) {}

  private final Clocks clocks;
  private final HostTime host;
  private volatile @Nullable Sample sample;

  AdjtimexSource(Clocks clocks, HostTime host) {
    this.clocks = clocks;
    this.host = host;
  }

  @Override
  public ClockReading read() {
    long boot = clocks.bootNanos();
    Sample last = sample;
    if (last == null || boot - last.boot() > AGE_MAX) {
      last = new Sample(boot, host.kernelTime());
      sample = last;
    }
    long wall = clocks.wallNanos();
    return judge(last.kernel(), wall, clocks.bootNanos() - last.boot());
  }

  /**
   * The pure rule.
   *
   * @param wall the wall clock, nanoseconds since the epoch
   * @param ageNanos how long ago {@code kernel} was read
   */
  static ClockReading judge(KernelTime kernel, long wall, long ageNanos) {
    if (kernel.state() == TIME_ERROR || (kernel.status() & UNSYNCHRONISED) != 0) {
      return new ClockReading.Bad(
          "nobody synchronises the host's clock: run chronyd or ntpd, or name another clock source");
    }
    if (kernel.estimatedErrorMicros() == 0 && kernel.maxErrorMicros() % MICROS_PER_SECOND == 0) {
      return new ClockReading.Bad(
          "the host's time daemon reports no error at all (systemd-timesyncd does so), which bounds"
              + " nothing: run chronyd or ntpd instead, or vouch for a bound with static:<bound>");
    }
    // The kernel adds to maxerror once a second only: up to a second of growth may be missing.
    long growth = (ageNanos + SECOND) / DRIFT_DIVISOR;
    long bound = kernel.maxErrorMicros() * 1_000 + Math.abs(kernel.slewingNanos()) + growth;
    return ClockReading.within(wall, bound);
  }
}
