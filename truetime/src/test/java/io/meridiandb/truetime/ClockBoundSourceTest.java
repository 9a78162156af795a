package io.meridiandb.truetime;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.truetime.system.LinuxTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads segments as ClockBound's daemon writes them (its docs/PROTOCOL.md, versions 1 and 2). */
final class ClockBoundSourceTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long WALL = 5_000 * SECOND;

  @TempDir Path folder;
  private Path path;
  private final ManualClocks clocks = new ManualClocks(0, WALL);

  /** The monotonic clock; what the reader may meet between its reads is done first. */
  private final class Host implements HostTime {
    long monotonic = 100 * SECOND;
    final Deque<Runnable> betweenReads = new ArrayDeque<>();
    int reads;

    @Override
    public KernelTime kernelTime() {
      throw new AssertionError("clockbound asks no kernel");
    }

    @Override
    public long monotonicNanos() {
      return monotonic;
    }

    @Override
    public ByteBuffer sharedMemory(Path file, int from, int bytes) throws IOException {
      reads++;
      ByteBuffer read = new LinuxTime().sharedMemory(file, from, bytes);
      if (!betweenReads.isEmpty()) {
        betweenReads.removeFirst().run();
      }
      return read;
    }
  }

  private final Host host = new Host();
  private int version = 2;
  private int status = 1;
  private long asOf = 100 * SECOND;

  @BeforeEach
  void name() {
    path = folder.resolve("shm0");
  }

  private void write(int generation, long boundNanos) {
    ByteBuffer out = ByteBuffer.allocate(80).order(ByteOrder.nativeOrder());
    out.putInt(0x414D5A4E).putInt(0x43420200).putInt(80);
    out.putShort((short) version).putShort((short) generation);
    out.putLong(asOf / SECOND).putLong(asOf % SECOND);
    out.putLong(asOf / SECOND + 1_000).putLong(asOf % SECOND);
    out.putLong(boundNanos);
    if (version == 2) {
      out.putLong(77);
    }
    out.putInt(50_000);
    if (version == 1) {
      out.putInt(0);
    }
    out.putInt(status);
    try {
      Files.write(path, out.array());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private ClockReading read() {
    return new ClockBoundSource(clocks, host, path).read();
  }

  private long bound() {
    ClockReading reading = read();
    assertThat(reading).isInstanceOf(ClockReading.Good.class);
    TTInterval interval = ((ClockReading.Good) reading).interval();
    assertThat(interval.earliest()).isEqualTo(new Timestamp(2 * WALL - interval.latest().nanos()));
    return interval.latest().nanos() - WALL;
  }

  private String refused() {
    ClockReading reading = read();
    assertThat(reading).isInstanceOf(ClockReading.Bad.class);
    return ((ClockReading.Bad) reading).why();
  }

  @Test
  void theBoundGrowsWithTheDriftThatTheDaemonNames() {
    write(4, 40_000);
    assertThat(bound()).isEqualTo(40_000);
    host.monotonic += 2 * SECOND;
    assertThat(bound()).isEqualTo(140_000);
    version = 1;
    write(6, 30_000);
    assertThat(bound()).isEqualTo(130_000);
  }

  @Test
  void anUpdateUnderWayIsWaitedFor() {
    write(5, 40_000);
    host.betweenReads.add(() -> write(6, 50_000));
    assertThat(bound()).isEqualTo(50_000);
  }

  @Test
  void aTornReadIsReadAgain() {
    write(4, 40_000);
    host.betweenReads.add(() -> {}); // the generation was read: 4
    host.betweenReads.add(() -> write(6, 60_000)); // the body is the old one, or a mixture
    assertThat(bound()).isEqualTo(60_000);
    assertThat(host.reads).isEqualTo(6);
  }

  @Test
  void aWriterThatStoppedWithinAnUpdateIsAFault() {
    write(5, 40_000);
    assertThat(refused()).contains("stopped within an update");
  }

  @Test
  void whatNobodyHasWrittenOrSomebodyElseIsAFault() throws IOException {
    assertThat(refused()).contains("cannot be read").contains("is its daemon running?");
    write(0, 40_000);
    assertThat(refused()).contains("nobody has written it yet");
    version = 3;
    write(4, 40_000);
    assertThat(refused()).contains("version 3, known are 1 and 2");
    Files.write(path, new byte[] {1, 2, 3});
    assertThat(refused()).contains("nobody has written it yet");
    byte[] foreign = new byte[80];
    foreign[14] = 2;
    Files.write(path, foreign);
    assertThat(refused()).contains("no segment of ClockBound");
    version = 2;
    write(4, -1);
    assertThat(refused()).contains("its bound -1 ns");
  }

  @Test
  void staleSegmentsAndUnsureDaemonsAreFaults() {
    write(4, 40_000);
    host.monotonic = asOf + 1_000 * SECOND - 1;
    assertThat(bound()).isGreaterThan(40_000);
    host.monotonic++;
    assertThat(refused()).contains("its bound is void");
    host.monotonic = asOf - SECOND;
    assertThat(refused()).contains("an earlier boot");
    host.monotonic = asOf;
    status = 0;
    write(4, 40_000);
    assertThat(refused()).contains("does not know how right");
    status = 3;
    write(4, 40_000);
    assertThat(refused()).contains("disrupted");
    status = 2; // free running: the bound holds while it is not void
    write(4, 40_000);
    assertThat(bound()).isEqualTo(40_000);
  }

  @Test
  void aDaemonThatWasStartedAgainIsFound() throws IOException {
    write(4, 40_000);
    TrueTime time =
        TrueTimes.fromConfig("clockbound:" + path, clocks, HostAnchor.mint(clocks), host);
    assertThat(time.now().epsilonNanos()).isEqualTo(40_000);
    Files.delete(path);
    clocks.boot += 11_000_000;
    time.now();
    assertThat(time.fault()).contains("cannot be read");
    write(2, 20_000);
    clocks.boot += 11_000_000;
    clocks.wall += 22_000_000;
    assertThat(Duration.ofNanos(time.now().epsilonNanos())).isEqualTo(Duration.ofNanos(20_000));
    assertThat(time.fault()).isNull();
  }
}
