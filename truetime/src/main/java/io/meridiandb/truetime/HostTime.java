package io.meridiandb.truetime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** What a Linux host tells of its clock's synchronisation, beside the clocks themselves. */
public interface HostTime {
  /**
   * The kernel's view of the wall clock, by adjtimex(2).
   *
   * @throws ClockFaultException if this host has no such call
   */
  KernelTime kernelTime();

  /** CLOCK_MONOTONIC in nanoseconds: what ClockBound stamps its segment with. */
  long monotonicNanos();

  /**
   * Copies what a shared memory segment holds at this moment.
   *
   * @param path the file it is mapped from
   * @param from the first byte
   * @param bytes how many at most
   * @return as many as there are, in the host's byte order
   * @throws IOException if it cannot be read
   */
  ByteBuffer sharedMemory(Path path, int from, int bytes) throws IOException;

  /**
   * What adjtimex(2) returns without setting anything.
   *
   * @param state the call's result: 0 to 4, or 5 (TIME_ERROR)
   * @param status bits of {@code STA_*}
   * @param maxErrorMicros how far the clock may be off, by whoever disciplines it; the kernel adds
   *     500 µs at each full second
   * @param estimatedErrorMicros how far it is off probably
   * @param slewingNanos what is still being slewed away
   */
  record KernelTime(
      int state, int status, long maxErrorMicros, long estimatedErrorMicros, long slewingNanos) {}
}
