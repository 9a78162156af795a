package io.meridiandb.truetime;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.truetime.HostTime.KernelTime;
import org.junit.jupiter.api.Test;

/** The bound that the kernel gives: what it leaves out is added, and what is none is refused. */
final class AdjtimexSourceTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long WALL = 5_000 * SECOND;

  /**
   * In the first second after an update the kernel has added nothing yet: 500 µs may be missing.
   */
  private static final long UNSEEN = 500_000;

  private static KernelTime kernel(long maxError, long estimated, long slewing) {
    return new KernelTime(0, 0, maxError, estimated, slewing);
  }

  private static long bound(KernelTime kernel, long age) {
    ClockReading reading = AdjtimexSource.judge(kernel, WALL, age);
    assertThat(reading).isInstanceOf(ClockReading.Good.class);
    TTInterval interval = ((ClockReading.Good) reading).interval();
    assertThat(interval.earliest()).isEqualTo(new Timestamp(2 * WALL - interval.latest().nanos()));
    return interval.latest().nanos() - WALL;
  }

  private static String refused(KernelTime kernel) {
    ClockReading reading = AdjtimexSource.judge(kernel, WALL, 0);
    assertThat(reading).isInstanceOf(ClockReading.Bad.class);
    return ((ClockReading.Bad) reading).why();
  }

  @Test
  void theBoundIsMaxErrorPlusWhatIsSlewedPlusTheKernelsDrift() {
    assertThat(bound(kernel(777, 10, 0), 0)).isEqualTo(777_000 + UNSEEN);
    assertThat(bound(kernel(777, 10, 40_000), 0)).isEqualTo(817_000 + UNSEEN);
    assertThat(bound(kernel(777, 10, -40_000), 0)).isEqualTo(817_000 + UNSEEN);
    assertThat(bound(kernel(777, 10, 0), SECOND)).isEqualTo(777_000 + UNSEEN + 500_000);
  }

  @Test
  void aClockThatNobodySynchronisesIsRefused() {
    assertThat(refused(new KernelTime(5, 0, 777, 10, 0))).contains("run chronyd or ntpd");
    assertThat(refused(new KernelTime(0, 0x40, 777, 10, 0))).contains("run chronyd or ntpd");
  }

  @Test
  void aDaemonThatReportsZeroIsRefusedHoweverLongAgoItDid() {
    assertThat(refused(kernel(0, 0, 0))).contains("systemd-timesyncd");
    assertThat(refused(kernel(500, 0, 12_345))).contains("systemd-timesyncd");
    assertThat(refused(kernel(32_000, 0, 0))).contains("systemd-timesyncd");
    assertThat(bound(kernel(501, 0, 0), 0)).isEqualTo(501_000 + UNSEEN);
    assertThat(bound(kernel(500, 1, 0), 0)).isEqualTo(500_000 + UNSEEN);
  }

  @Test
  void theKernelIsAskedTenTimesASecondAtMost() {
    ManualClocks clocks = new ManualClocks(0, WALL);
    ManualHost host = new ManualHost();
    host.kernel = kernel(777, 10, 0);
    AdjtimexSource source = new AdjtimexSource(clocks, host);
    source.read();
    clocks.boot += 100_000_000;
    source.read();
    assertThat(host.kernelCalls).isEqualTo(1);
    clocks.boot += 1;
    source.read();
    assertThat(host.kernelCalls).isEqualTo(2);
  }
}
