package io.meridiandb.kernel.system;

import io.meridiandb.kernel.time.Clocks;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The host's clocks. On Linux the boot clock is CLOCK_BOOTTIME by a foreign call; elsewhere (macOS)
 * it is {@link System#nanoTime}, which stands still while the machine sleeps: good enough for
 * development.
 */
public final class SystemClocks implements Clocks {
  private static final int CLOCK_BOOTTIME = 7;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final Path LINUX_BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final @Nullable MethodHandle clockGettime;
  private final String bootId;

  public SystemClocks() {
    boolean linux = Files.exists(LINUX_BOOT_ID);
    clockGettime = linux ? findClockGettime() : null;
    bootId = linux ? linuxBootId() : otherBootId();
  }

  @SuppressWarnings("restricted") // granted by --enable-native-access
  private static MethodHandle findClockGettime() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("clock_gettime"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
        Linker.Option.critical(true));
  }

  private static String linuxBootId() {
    try {
      return Files.readString(LINUX_BOOT_ID).strip();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + LINUX_BOOT_ID, e);
    }
  }

  private static String otherBootId() {
    try {
      Process sysctl =
          new ProcessBuilder("sysctl", "-n", "kern.bootsessionuuid")
              .redirectErrorStream(true)
              .start();
      String id = new String(sysctl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      if (sysctl.waitFor() == 0 && !id.isBlank()) {
        return id.strip();
      }
    } catch (IOException e) {
      return unknownBoot();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return unknownBoot();
  }

  /** Equal to no other: nobody can prove to share this process's clock. */
  private static String unknownBoot() {
    return "unknown-" + UUID.randomUUID();
  }

  @Override
  public long bootNanos() {
    MethodHandle call = clockGettime;
    if (call == null) {
      return System.nanoTime();
    }
    long[] secondsAndNanos = new long[2];
    int failed;
    try {
      failed = (int) call.invokeExact(CLOCK_BOOTTIME, MemorySegment.ofArray(secondsAndNanos));
    } catch (Throwable e) {
      throw new IllegalStateException("clock_gettime cannot be called", e);
    }
    if (failed != 0) {
      throw new IllegalStateException("this kernel has no CLOCK_BOOTTIME");
    }
    return secondsAndNanos[0] * NANOS_PER_SECOND + secondsAndNanos[1];
  }

  @Override
  public long wallNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
  }

  @Override
  public String bootId() {
    return bootId;
  }
}
