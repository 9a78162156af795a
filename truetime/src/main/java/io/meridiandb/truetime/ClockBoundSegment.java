package io.meridiandb.truetime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What AWS ClockBound's daemon publishes, by its shared memory protocol, versions 2 and 1
 * (clock-bound 2.0.2, docs/PROTOCOL.md; daemons of version 3 write it too). All numbers in the
 * host's byte order:
 *
 * <pre>
 *  0 magic 414D5A4E 43420200 (two u32)   32 void after: s, ns (i64, i64)
 *  8 size of the segment (u32)           48 bound at "as of", ns (i64)
 * 12 version (u16)                       version 2              version 1
 * 14 generation (u16)                    56 disruption (u64)    56 max drift, ppb (u32)
 * 16 as of: s, ns (i64, i64)             64 max drift, ppb      64 status (i32)
 *                                        68 status (i32)
 * </pre>
 *
 * <p>The moments are CLOCK_MONOTONIC_COARSE. The writer makes the generation odd, writes, and makes
 * it even; it is never 0 again once there is something to read. So what lies between two equal even
 * generations was read whole.
 */
record ClockBoundSegment(
    long asOfNanos, long voidAfterNanos, long boundNanos, long driftPpb, int status) {
  static final int UNKNOWN = 0;
  static final int SYNCHRONISED = 1;
  static final int FREE_RUNNING = 2;
  static final int DISRUPTED = 3;

  private static final int MAGIC_1 = 0x414D5A4E;
  private static final int MAGIC_2 = 0x43420200;
  private static final int GENERATION = 14;
  private static final int BYTES = 72;
  private static final int TRIES = 100;
  private static final long SECOND = 1_000_000_000L;

  /** The writer stamps with a coarse clock: so much it may seem to come from the future. */
  private static final long BLUR = Duration.ofMillis(10).toNanos();

  private static final long DRIFT_PPB_MAX = 1_000_000_000L;

  /** The segment is not as the protocol says, or nobody has written it yet. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
      super(message);
    }
  }

  /** Reads a whole segment: the generation, all of it, and the generation once more. */
  static ClockBoundSegment read(HostTime host, Path path) throws IOException, UnreadableException {
    for (int i = 0; i < TRIES; i++) {
      int before = generation(host, path);
      if (before % 2 == 0) {
        ByteBuffer all = host.sharedMemory(path, 0, BYTES);
        if (generation(host, path) == before) {
          return parse(all);
        }
      }
    }
    throw new UnreadableException("its writer has stopped within an update");
  }

  private static int generation(HostTime host, Path path) throws IOException, UnreadableException {
    ByteBuffer bytes = host.sharedMemory(path, GENERATION, Short.BYTES);
    int generation = bytes.remaining() < Short.BYTES ? 0 : Short.toUnsignedInt(bytes.getShort());
    if (generation == 0) {
      throw new UnreadableException("nobody has written it yet");
    }
    return generation;
  }

  private static ClockBoundSegment parse(ByteBuffer in) throws UnreadableException {
    if (in.remaining() < BYTES || in.getInt() != MAGIC_1 || in.getInt() != MAGIC_2) {
      throw new UnreadableException("it is no segment of ClockBound");
    }
    int size = in.getInt();
    int version = Short.toUnsignedInt(in.getShort());
    in.getShort();
    if (version != 1 && version != 2) {
      throw new UnreadableException(
          "its layout has version %d, known are 1 and 2".formatted(version));
    }
    if (size < BYTES) {
      throw new UnreadableException("it has %d bytes, too few".formatted(size));
    }
    long asOf = moment(in);
    long voidAfter = moment(in);
    long bound = in.getLong();
    if (version == 2) {
      in.getLong();
    }
    long drift = Integer.toUnsignedLong(in.getInt());
    if (version == 1) {
      in.getInt();
    }
    if (bound < 0 || drift >= DRIFT_PPB_MAX) {
      throw new UnreadableException(
          "its bound %d ns or drift %d ppb is none".formatted(bound, drift));
    }
    return new ClockBoundSegment(asOf, voidAfter, bound, drift, in.getInt());
  }

  private static long moment(ByteBuffer in) {
    return in.getLong() * SECOND + in.getLong();
  }

  /**
   * The wall clock with the bound that the segment gives.
   *
   * @param wall the wall clock, nanoseconds since the epoch
   * @param monotonic CLOCK_MONOTONIC, read after {@code wall}
   */
  ClockReading judge(long wall, long monotonic) {
    if (status != SYNCHRONISED && status != FREE_RUNNING) {
      return new ClockReading.Bad(
          status == DISRUPTED
              ? "ClockBound says that the clock was disrupted: it comes back when chronyd has set it"
              : "ClockBound does not know how right the clock is: look after chronyd");
    }
    if (monotonic < asOfNanos - BLUR) {
      return new ClockReading.Bad(
          "ClockBound's segment is of an earlier boot of the host: start its daemon");
    }
    if (monotonic >= voidAfterNanos) {
      return new ClockReading.Bad(
          "ClockBound has not written for so long that its bound is void: start its daemon");
    }
    long age = Math.max(0, monotonic - asOfNanos);
    long drift = Math.ceilDiv(Math.ceilDiv(age, 1_000L) * driftPpb, 1_000_000L);
    return ClockReading.within(wall, boundNanos + drift);
  }
}
