package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server looks at the time when something is due or has happened, and sleeps otherwise. */
class RoundsTest {
  private static final Duration GRID = Duration.ofMillis(50);

  private final SimulatedWorld world = new SimulatedWorld(1);
  private final Env env = world.server(new ServerId(1));
  private final Strand strand = env.strands().create("server");
  private final List<Long> at = new ArrayList<>();
  private long every = 1;
  private final Rounds rounds =
      new Rounds(
          strand,
          env.clocks(),
          GRID,
          point -> {
            at.add(point);
            return point + every;
          });

  @AfterEach
  void end() {
    world.close();
  }

  private void start(long points) {
    every = points;
    strand.execute(rounds::start);
  }

  private void run(long millis) {
    world.runFor(Duration.ofMillis(millis));
  }

  @Test
  void pointsAtWhichNothingIsDueArePassedOver() {
    start(10);
    run(1_020);
    assertThat(at).containsExactly(0L, 10L, 20L);
  }

  @Test
  void whatHappensIsLookedAtAtTheNextPointOnce() {
    start(10);
    run(120);
    strand.execute(rounds::soon);
    strand.execute(rounds::soon);
    run(500);
    assertThat(at).containsExactly(0L, 3L);
    run(50);
    assertThat(at).containsExactly(0L, 3L, 13L);
  }

  /** What happens in a round is seen by that round: it must not bring the next one. */
  @Test
  void aRoundDoesNotStirItself() {
    List<Long> seen = new ArrayList<>();
    Rounds[] own = new Rounds[1];
    own[0] =
        new Rounds(
            strand,
            env.clocks(),
            GRID,
            point -> {
              seen.add(point);
              own[0].soon();
              return point + 10;
            });
    strand.execute(own[0]::start);
    run(520);
    assertThat(seen).containsExactly(0L, 10L);
  }

  @Test
  void aPauseSkipsPointsAndShiftsNone() {
    start(1);
    run(110);
    world.pause(new ServerId(1), Duration.ofMillis(205));
    run(300);
    assertThat(at).containsExactly(0L, 1L, 2L, 6L, 7L, 8L);
  }

  @Test
  void nothingIsDoneAfterTheEnd() {
    start(1);
    run(60);
    strand.execute(rounds::stop);
    run(1_000);
    assertThat(at).containsExactly(0L, 1L);
  }

  @Test
  void theFirstPointAfterALengthIsNeverBeforeItsEnd() {
    start(100);
    run(110);
    List<Long> points = new ArrayList<>();
    strand.execute(() -> {
      points.add(rounds.pointAfter(Duration.ZERO));
      points.add(rounds.pointAfter(Duration.ofMillis(30)));
      points.add(rounds.pointAfter(Duration.ofMillis(60)));
    });
    run(1);
    assertThat(points).containsExactly(3L, 3L, 4L);
  }
}
