package io.meridiandb.kernel.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.kernel.net.Transport.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards the network's conditions: order, latency, cuts, and each kind of fault. */
class SimulatedNetworkTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final int FRAMES = 200;

  @Test
  void withoutFaultsEveryFrameArrivesOnceInOrderAfterTheLatency() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      world.network().standard(LinkConditions.of(Duration.ofMillis(40), Duration.ofMillis(5)));
      List<Integer> arrived = send(world);
      world.runFor(Duration.ofMillis(39));
      assertThat(arrived).isEmpty();
      world.runFor(Duration.ofMillis(20));
      assertThat(arrived).hasSize(FRAMES).isSorted();
    }
  }

  @Test
  void framesAreLostDuplicatedAndReorderedAsOftenAsTold() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      world.network().standard(LinkConditions.lan().withFaults(100_000, 100_000, 100_000));
      List<Integer> arrived = send(world);
      world.runFor(Duration.ofSeconds(1));
      assertThat(arrived.stream().distinct().count()).isBetween(150L, 195L);
      assertThat(arrived.stream().sorted().toList()).isNotEqualTo(arrived);
      for (String kind : List.of("message-loss", "message-duplicate", "message-reorder")) {
        assertThat(world.faults().counts().get(kind).fired()).as(kind).isBetween(5L, 40L);
        assertThat(world.faults().counts().get(kind).mattered()).as(kind).isPositive();
      }
    }
  }

  @Test
  void aSlowLinkHoldsFramesUpInTheirOrderForItsTimeOnly() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      world.network().slow(ONE, TWO, Duration.ofMillis(300), Duration.ofSeconds(1));
      List<Integer> arrived = send(world);
      world.runFor(Duration.ofMillis(299));
      assertThat(arrived).isEmpty();
      world.runFor(Duration.ofSeconds(2));
      assertThat(arrived).hasSize(FRAMES).isSorted();
      assertThat(world.faults().counts().get("link-slow").mattered()).isEqualTo(FRAMES);
      world.server(ONE).transport().send(TWO, Lane.DATA, new byte[] {8});
      world.runFor(Duration.ofMillis(2));
      assertThat(arrived).hasSize(FRAMES + 1);
    }
  }

  @Test
  void aNarrowLinkLetsFramesWaitForEachOtherAndLosesWhatWouldWaitTooLong() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      world.network().narrow(ONE, TWO, 50, Duration.ofMinutes(1)); // frames are of one byte
      List<Integer> arrived = send(world);
      world.runFor(Duration.ofSeconds(1));
      assertThat(arrived).hasSizeBetween(45, 50).isSorted();
      world.runFor(Duration.ofSeconds(30));
      assertThat(arrived).hasSizeBetween(100, 103);
      assertThat(world.faults().counts().get("queue-overflow").mattered())
          .isEqualTo(FRAMES - arrived.size());
    }
  }

  @Test
  void linksBetweenRegionsCarryWhatTheirBandwidthIs() {
    for (boolean oneRegion : List.of(true, false)) {
      try (SimulatedWorld world = new SimulatedWorld(1)) {
        LatencyMatrix near = LatencyMatrix.preset("lan", List.of("eu", "us"));
        world.network().latencies(near, server -> oneRegion || server.equals(ONE) ? "eu" : "us");
        world.network().bandwidthBetweenRegions(100);
        List<Integer> arrived = send(world);
        world.runFor(Duration.ofSeconds(1));
        assertThat(arrived.size()).isBetween(oneRegion ? FRAMES : 95, oneRegion ? FRAMES : 100);
      }
    }
  }

  @Test
  void lateFramesAreOvertakenByAllThatIsSentAfterThem() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      world.network().belate(ONE, TWO, Duration.ofMinutes(2), Duration.ofMillis(1));
      List<Integer> arrived = send(world);
      world.runFor(Duration.ofMillis(2));
      world.server(ONE).transport().send(TWO, Lane.DATA, new byte[] {-1});
      world.runFor(Duration.ofMinutes(1));
      assertThat(arrived).containsExactly(255);
      world.runFor(Duration.ofMinutes(2));
      assertThat(arrived).hasSize(FRAMES + 1);
      assertThat(world.faults().counts().get("frames-late").mattered()).isEqualTo(FRAMES);
    }
  }

  @Test
  void answersAloneAreLostWhereAnswersAreLost() {
    byte[] question = new byte[78]; // an envelope without a body
    question[0] = 3;
    byte[] answer = question.clone();
    answer[answer.length - 1] = 1;
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      List<Integer> arrived = send(world);
      world.runFor(Duration.ofSeconds(1));
      world.network().loseAnswers(ONE, TWO, Duration.ofSeconds(1));
      world.server(ONE).transport().send(TWO, Lane.DATA, question);
      world.server(ONE).transport().send(TWO, Lane.DATA, answer);
      world.runFor(Duration.ofSeconds(2));
      assertThat(arrived).hasSize(FRAMES + 1);
      assertThat(world.faults().counts().get("answers-lost").mattered()).isEqualTo(1);
    }
  }

  @Test
  void aCutWorksInOneDirectionAndTakesWhatIsOnItsWay() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      List<Integer> there = send(world);
      List<Integer> back = new ArrayList<>();
      world.server(ONE).transport().listen((from, frame) -> back.add((int) frame[0]));
      world.network().cut(ONE, TWO);
      world.server(TWO).transport().send(ONE, Lane.CONTROL, new byte[] {7});
      world.runFor(Duration.ofSeconds(1));
      assertThat(there).isEmpty();
      assertThat(back).containsExactly(7);
      world.network().joinAll();
      world.server(ONE).transport().send(TWO, Lane.DATA, new byte[] {8});
      world.runFor(Duration.ofSeconds(1));
      assertThat(there).containsExactly(8);
    }
  }

  @Test
  void regionsLieAsFarApartAsTheMatrixSays() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      List<String> regions = List.of("eu", "us", "asia");
      world
          .network()
          .latencies(
              LatencyMatrix.preset("three-regions", regions),
              server -> regions.get((int) server.value() - 1));
      assertThat(world.network().latency(ONE, TWO)).isEqualTo(Duration.ofMillis(40));
      List<Integer> arrived = send(world);
      world.runFor(Duration.ofMillis(39));
      assertThat(arrived).isEmpty();
      world.runFor(Duration.ofMillis(4));
      assertThat(arrived).hasSize(FRAMES).isSorted();
      world.network().standard(LinkConditions.lan().withFaults(1_000_000, 0, 0));
      world.server(ONE).transport().send(TWO, Lane.DATA, new byte[] {1});
      world.runFor(Duration.ofSeconds(1));
      assertThat(arrived).as("odds of faults still hold").hasSize(FRAMES);
    }
  }

  @Test
  void aClogHoldsFramesUpAndLosesNone() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      world.network().clog(ONE, TWO, Duration.ofSeconds(2));
      List<Integer> arrived = send(world);
      world.runFor(Duration.ofMillis(1_900));
      assertThat(arrived).isEmpty();
      world.runFor(Duration.ofMillis(200));
      assertThat(arrived).hasSize(FRAMES).isSorted();
      assertThat(world.faults().counts().get("clog").mattered()).isEqualTo(FRAMES);
      world.network().clog(ONE, TWO, Duration.ofSeconds(2));
      world.network().unclog(ONE, TWO);
      world.server(ONE).transport().send(TWO, Lane.DATA, new byte[] {1});
      world.runFor(Duration.ofMillis(10));
      assertThat(arrived).hasSize(FRAMES + 1);
    }
  }

  @Test
  void theBytesAreCopied() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      List<Integer> arrived = new ArrayList<>();
      world.server(TWO).transport().listen((from, frame) -> arrived.add((int) frame[0]));
      byte[] frame = {1};
      world.server(ONE).transport().send(TWO, Lane.DATA, frame);
      frame[0] = 2;
      world.runFor(Duration.ofSeconds(1));
      assertThat(arrived).containsExactly(1);
    }
  }

  private static List<Integer> send(SimulatedWorld world) {
    List<Integer> arrived = new ArrayList<>();
    Env one = world.server(ONE);
    world.server(TWO).transport().listen((from, frame) -> arrived.add(frame[0] & 0xFF));
    for (int i = 0; i < FRAMES; i++) {
      one.transport().send(TWO, Lane.DATA, new byte[] {(byte) i});
    }
    return arrived;
  }
}
