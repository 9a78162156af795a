package io.meridiandb.truetime.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.truetime.HostTime.KernelTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The real calls: they answer, with numbers of the right size. */
@EnabledOnOs(OS.LINUX)
final class LinuxTimeTest {
  private static final long KERNEL_ERROR_MAX_MICROS = 16_000_000;

  private final LinuxTime linux = new LinuxTime();

  @Test
  void adjtimexAnswersWithoutPrivilege() {
    KernelTime kernel = linux.kernelTime();
    assertThat(kernel.state()).isBetween(0, 5);
    assertThat(kernel.maxErrorMicros()).isBetween(0L, 10 * KERNEL_ERROR_MAX_MICROS);
    assertThat(kernel.slewingNanos()).isBetween(0L, 1_000_000_000L);
    boolean unsynchronised = (kernel.status() & 0x40) != 0;
    assertThat(kernel.state() == 5).isEqualTo(unsynchronised);
  }

  @Test
  void theMonotonicClockGoesOn() {
    long before = linux.monotonicNanos();
    assertThat(before).isPositive();
    assertThat(linux.monotonicNanos()).isGreaterThanOrEqualTo(before);
  }
}
