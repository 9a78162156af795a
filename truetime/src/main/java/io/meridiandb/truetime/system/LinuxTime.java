package io.meridiandb.truetime.system;

import io.meridiandb.truetime.ClockFaultException;
import io.meridiandb.truetime.HostTime;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Linux' adjtimex(2) and CLOCK_MONOTONIC by foreign calls, and files in shared memory. Callable
 * from any thread; needs no privilege, since it sets nothing.
 */
public final class LinuxTime implements HostTime {
  /** {@code struct timex} of linux/timex.h where a long has 8 bytes. */
  private static final long TIMEX_BYTES = 208;

  private static final long MODES = 0;
  private static final long OFFSET = 8;
  private static final long MAX_ERROR = 24;
  private static final long ESTIMATED_ERROR = 32;
  private static final long STATUS = 40;

  /** {@code STA_NANO}: the offset is in nanoseconds, else in microseconds. */
  private static final int STATUS_NANO = 0x2000;

  /** {@code ADJ_OFFSET_SS_READ}: what adjtime(3) has still to do, in microseconds. */
  private static final int READ_ADJTIME = 0xa001;

  private static final int CLOCK_MONOTONIC = 1;

  private final Optional<MethodHandle> adjtimex = find("adjtimex", ValueLayout.ADDRESS);
  private final Optional<MethodHandle> clockGettime =
      find("clock_gettime", ValueLayout.JAVA_INT, ValueLayout.ADDRESS);

  @SuppressWarnings("restricted") // granted by --enable-native-access
  private static Optional<MethodHandle> find(
      String name, java.lang.foreign.MemoryLayout... parameters) {
    if (!System.getProperty("os.name").equals("Linux") || ValueLayout.ADDRESS.byteSize() != 8) {
      return Optional.empty();
    }
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(name)
        .map(symbol ->
            linker.downcallHandle(symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters)));
  }

  private static ClockFaultException notLinux() {
    return new ClockFaultException(
        "this clock source needs Linux on a 64-bit machine: use shared-host or static:<bound> here");
  }

  @Override
  public KernelTime kernelTime() {
    MethodHandle call = adjtimex.orElseThrow(LinuxTime::notLinux);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timex = arena.allocate(TIMEX_BYTES, Long.BYTES);
      int state = call(call, timex);
      int status = timex.get(ValueLayout.JAVA_INT, STATUS);
      long maxError = timex.get(ValueLayout.JAVA_LONG, MAX_ERROR);
      long estimated = timex.get(ValueLayout.JAVA_LONG, ESTIMATED_ERROR);
      long offset = timex.get(ValueLayout.JAVA_LONG, OFFSET);
      timex.fill((byte) 0);
      timex.set(ValueLayout.JAVA_INT, MODES, READ_ADJTIME);
      call(call, timex);
      long adjtime = timex.get(ValueLayout.JAVA_LONG, OFFSET);
      long offsetNanos = (status & STATUS_NANO) != 0 ? offset : offset * 1_000;
      return new KernelTime(
          state, status, maxError, estimated, Math.abs(offsetNanos) + Math.abs(adjtime) * 1_000);
    }
  }

  private static int call(MethodHandle adjtimex, MemorySegment timex) {
    int state;
    try {
      state = (int) adjtimex.invokeExact(timex);
    } catch (Throwable e) {
      throw new IllegalStateException("adjtimex cannot be called", e);
    }
    if (state < 0) {
      throw new ClockFaultException("this host does not allow adjtimex: use another clock source");
    }
    return state;
  }

  @Override
  public long monotonicNanos() {
    MethodHandle call = clockGettime.orElseThrow(LinuxTime::notLinux);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timespec = arena.allocate(2 * Long.BYTES, Long.BYTES);
      int failed;
      try {
        failed = (int) call.invokeExact(CLOCK_MONOTONIC, timespec);
      } catch (Throwable e) {
        throw new IllegalStateException("clock_gettime cannot be called", e);
      }
      if (failed != 0) {
        throw new IllegalStateException("this kernel has no CLOCK_MONOTONIC");
      }
      return timespec.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L
          + timespec.get(ValueLayout.JAVA_LONG, Long.BYTES);
    }
  }

  @Override
  public ByteBuffer sharedMemory(Path path, int from, int bytes) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.read(into, from);
    }
    return into.flip();
  }
}
