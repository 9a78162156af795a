package io.meridiandb.spanserver.tablet;

import static io.meridiandb.spanserver.tablet.TabletFixture.SERVER;
import static io.meridiandb.spanserver.tablet.TabletFixture.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.simulated.StoppingDisk;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The server dies at every single step that flushes and compactions take on the disk: the manifest,
 * the files and the index in them always fit together, and with the log nothing is lost
 * (reliability T22, T24).
 */
class TabletCrashTest {
  private static final TabletOptions OPTIONS =
      new TabletOptions(1 << 20, Duration.ofMinutes(10), 3, 2 << 10);
  private static final int ENTRIES = 24;

  @Test
  void noStepIsTooEarlyOrTooLate() {
    long steps = run(0, false);
    assertThat(steps).as("the run takes many steps").isGreaterThan(40);
    for (long step = 1; step <= steps; step++) {
      run(step, true);
      run(step, false);
    }
  }

  private static long run(long stopAt, boolean power) {
    try (TabletFixture f = new TabletFixture(stopAt * 2 + (power ? 1 : 0), OPTIONS)) {
      f.world.kill(SERVER);
      f.env = f.world.restart(SERVER);
      StoppingDisk disk = new StoppingDisk(f.env.disk(), stopAt);
      f.env = with(f.env, disk);
      f.open();
      long acknowledged = 0;
      for (long i = 1; i <= ENTRIES; i++) {
        apply(f, i);
        if (i % 6 == 0) {
          f.host.horizon = new Timestamp((i - 3) * 10);
          f.flush();
        }
      }
      if (!f.host.checkpoints.isEmpty()) {
        acknowledged = f.host.checkpoints.getLast();
      }
      String when = "stopped at " + stopAt + (power ? " by loss of power" : " by kill");
      if (power) {
        f.crash();
      } else {
        f.world.kill(SERVER);
        f.env = f.world.restart(SERVER);
        f.open();
      }
      check(f, acknowledged, when);
      return disk.changes();
    }
  }

  private static void apply(TabletFixture f, long i) {
    f.host.state = ("state " + i).getBytes(StandardCharsets.UTF_8);
    f.apply(i, put("row" + i % 5, i * 10, "v" + i + "-".repeat(200)), put("new" + i, i * 10, "n"));
  }

  private static void check(TabletFixture f, long acknowledged, String when) {
    long flushed = f.tablet.flushedIndex();
    assertThat(flushed).as(when).isGreaterThanOrEqualTo(acknowledged);
    if (flushed > 0) {
      assertThat(f.tablet.checkpointState()).as(when).asString().isEqualTo("state " + flushed);
    }
    assertThat(f.scan(KeyRange.ALL, flushed * 10, false))
        .as(when)
        .hasSize((int) (flushed + Math.min(5, flushed)));
    for (long i = flushed + 1; i <= ENTRIES; i++) {
      apply(f, i);
    }
    f.flush();
    f.compact();
    assertThat(f.scan(KeyRange.ALL, ENTRIES * 10, false)).as(when).hasSize(ENTRIES + 5);
    for (long i = ENTRIES - 4; i <= ENTRIES; i++) {
      assertThat(f.read("row" + i % 5, ENTRIES * 10)).as(when).isEqualTo("v" + i + "-".repeat(200));
    }
    List<String> named =
        f.onStrand(f.tablet::exportImage).manifest().files().stream()
            .map(file -> TabletFixture.FOLDER + "/" + file.name())
            .toList();
    assertThat(f.files()).as(when + ": no file is left over").isEqualTo(named);
  }

  static Env with(Env env, Disk disk) {
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
