package io.meridiandb.paxos.log;

import static io.meridiandb.paxos.log.LogFixture.B1;
import static io.meridiandb.paxos.log.LogFixture.B2;
import static io.meridiandb.paxos.log.LogFixture.G;
import static io.meridiandb.paxos.log.LogFixture.SERVER;
import static io.meridiandb.paxos.log.LogFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.simulated.StoppingDisk;
import io.meridiandb.paxos.LogEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/**
 * The server dies at every single step that its log takes on the disk, by loss of power and by
 * kill: nothing acknowledged is lost, the log opens, and goes on (reliability T12, T18, T20, G.4).
 */
class LogCrashTest {
  private static final LogOptions TINY = new LogOptions(4 << 10, 1 << 10);
  private static final int ENTRIES = 60;

  @Test
  void noStepIsTooEarlyOrTooLate() {
    long steps = run(0, false);
    assertThat(steps).as("the run takes many kinds of steps").isGreaterThan(150);
    for (long step = 1; step <= steps; step++) {
      run(step, true);
      run(step, false);
    }
  }

  private static long run(long stopAt, boolean power) {
    try (LogFixture f = new LogFixture(stopAt * 2 + (power ? 1 : 0), TINY)) {
      f.world.kill(SERVER);
      f.env = f.world.restart(SERVER);
      StoppingDisk disk = new StoppingDisk(f.env.disk(), stopAt);
      f.env = with(f.env, disk);
      List<Long> acknowledged = new ArrayList<>();
      try {
        f.open();
        work(f, acknowledged);
      } catch (LogFailedException | CompletionException e) {
        assertThat(disk.stopped()).isTrue();
      }
      f.world.runFor(Duration.ofSeconds(1));
      if (power) {
        f.crash();
      } else {
        f.kill();
      }
      check(f, acknowledged, "stopped at " + stopAt + (power ? " by loss of power" : " by kill"));
      return disk.changes();
    }
  }

  /** Appends one by one, with promises, adoptions and checkpoints in between. */
  private static void work(LogFixture f, List<Long> acknowledged) {
    for (long i = 1; i <= ENTRIES; i++) {
      long index = i;
      List<LogRecord> batch = new ArrayList<>();
      batch.add(entry(index, payload(index)));
      if (index == 5) {
        batch.add(new LogRecord.Promise(G, B1));
      }
      if (index % 10 == 0) {
        batch.add(new LogRecord.Restamp(G, B1, index - 3, index));
        batch.add(new LogRecord.CutPrefix(G, index - 4, B1));
      }
      f.strand.execute(() -> f.log.append(batch, () -> acknowledged.add(index)));
      if (index % 3 == 0) {
        f.world.runFor(Duration.ofMillis(index % 12 == 0 ? 200 : 4));
      }
    }
    f.world.runFor(Duration.ofSeconds(1));
  }

  private static void check(LogFixture f, List<Long> acknowledged, String when) {
    long last = acknowledged.isEmpty() ? 0 : acknowledged.getLast();
    RecoveredGroup found = f.recovered();
    assertThat(found.baseIndex() + found.entries().size()).as(when).isGreaterThanOrEqualTo(last);
    assertThat(found.baseIndex())
        .as(when)
        .isGreaterThanOrEqualTo(last < 10 ? 0 : last / 10 * 10 - 4);
    if (last >= 5) {
      assertThat(found.promised()).as(when).isEqualTo(B1);
    }
    long index = found.baseIndex();
    for (LogEntry each : found.entries()) {
      assertThat(each.index()).as(when).isEqualTo(++index);
      assertThat(each.payload().toStringUtf8()).as(when).isEqualTo(payload(index));
    }
    f.durably(entry(index + 1, "goes on"), new LogRecord.Promise(G, B2));
    f.crash();
    assertThat(f.recovered().promised()).as(when).isEqualTo(B2);
    assertThat(f.recovered().entries().getLast().index()).as(when).isEqualTo(index + 1);
  }

  private static String payload(long index) {
    return "entry " + index + "-".repeat((int) (index * 37 % 900));
  }

  private static Env with(Env env, Disk disk) {
    return new Env(
        env.strands(),
        env.fibers(),
        env.clocks(),
        env.random(),
        env.transport(),
        disk,
        env.faults(),
        env.events());
  }
}
