package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.replica.HostFixture.Server;
import io.meridiandb.truetime.FencingRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The attacks of protocol H on the clocks of whole servers, played with the amendment that answers
 * them and without it, and the other ways in which a clock can be wrong (protocol G10).
 */
final class ClockAttacksTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration LONG = Duration.ofSeconds(20);

  private static List<Server> others(HostFixture world, Server server) {
    return world.servers.values().stream().filter(s -> s != server).toList();
  }

  /** Starts the server again with a clock that is ahead, or behind. */
  private static void restartWith(HostFixture world, Server server, Duration lie) {
    world.crash(server);
    world.world.clocks(server.id).lie(lie.toNanos());
    world.restart(server);
  }

  private static long counted(HostFixture world, ServerId id, String counter) {
    return world.world.counters(id).getOrDefault(counter, 0L);
  }

  private static long leaders(HostFixture world) {
    return world.servers.values().stream().filter(Server::leads).count();
  }

  /** 14: a liar talks to all, and each disjoint pair would fence both. */
  @Test
  void attack14OneBadClockKillsTheUniverse() {
    assertThat(leadersBesideALiar(FencingRule.MAJORITY)).isEqualTo(1);
    FencingRule anyPairFencesBoth = (contradicting, heard) -> contradicting > 0;
    assertThat(leadersBesideALiar(anyPairFencesBoth)).isZero();
  }

  private static long leadersBesideALiar(FencingRule rule) {
    try (HostFixture world = new HostFixture(14, 5, rule)) {
      Server leader = world.leader();
      world.propose(leader, "before");
      Server liar = others(world, leader).getFirst();
      restartWith(world, liar, HOUR);
      world.world.runFor(LONG);
      long leaders = leaders(world);
      assertThat(counted(world, liar.id, "truetime.fenced")).as("the liar").isEqualTo(1);
      if (leaders == 1) {
        world.propose(world.leader(), "after");
        assertThat(world.leader()).isNotSameAs(liar);
        others(world, liar)
            .forEach(honest -> assertThat(counted(world, honest.id, "truetime.fenced")).isZero());
      }
      return leaders;
    }
  }

  /** 15, second half: all hosts come up with reset clocks, and serve below all that there is. */
  @Test
  void attack15AColdStartWithResetClocks() {
    assertThat(startedBelowWhatHasPassed(LONG)).as("with marks of time").isZero();
    assertThat(startedBelowWhatHasPassed(ReplicaHost.TIME_MARK_INTERVAL.dividedBy(2)))
        .as("before the first mark, as if there were none")
        .isEqualTo(3);
  }

  private static long startedBelowWhatHasPassed(Duration before) {
    try (HostFixture world = new HostFixture(15, 3)) {
      world.world.runFor(before);
      world.servers.values().forEach(world::crash);
      for (Server server : world.servers.values()) {
        world.world.clocks(server.id).lie(-HOUR.toNanos());
        world.restart(server);
      }
      world.world.runFor(LONG);
      return world.servers.values().stream().filter(server -> server.replica != null).count();
    }
  }

  @Test
  void aLeaderWhoseClockStepsAnswersNothingMore() {
    for (Duration step : List.of(HOUR, HOUR.negated())) {
      try (HostFixture world = new HostFixture(16, 3)) {
        Server first = world.leader();
        world.propose(first, "a");
        world.world.clocks(first.id).lie(step.toNanos());
        assertThat(first.leads()).as("not even one event later").isFalse();
        Server second = world.leader();
        assertThat(second).isNotSameAs(first);
        world.propose(second, "b");
        assertThat(first.roles).containsExactly("leads", "stops");
        world.until(() -> first.applied.equals(List.of("a", "b")));
      }
    }
  }

  @Test
  void aFencedServerVotesForNobody() {
    try (HostFixture world = new HostFixture(17, 3)) {
      Server leader = world.leader();
      Server liar = others(world, leader).getFirst();
      world.world.clocks(liar.id).lie(HOUR.toNanos());
      world.crash(leader);
      Ballot before = liar.replica.ballot();
      world.world.runFor(LONG);
      assertThat(liar.replica.ballot()).isEqualTo(before);
      assertThat(leaders(world)).isZero();
      world.world.clocks(liar.id).lie(0);
      world.crash(liar);
      world.restart(liar);
      world.leader();
    }
  }

  @Test
  void aServerThatStartsAheadIsFoundByTheOthersEchoes() {
    try (HostFixture world = new HostFixture(18, 3)) {
      Server leader = world.leader();
      Server liar = others(world, leader).getFirst();
      restartWith(world, liar, Duration.ofSeconds(5));
      world.until(() -> counted(world, liar.id, "truetime.fenced") == 1);
      world.world.runFor(Duration.ofSeconds(2));
      assertThat(leader.leads()).isTrue();
      restartWith(world, liar, Duration.ZERO); // what it marked in between must not keep it out
      world.propose(leader, "a");
      world.until(() -> liar.applied.equals(List.of("a")));
    }
  }

  @Test
  void aServerThatStartsBehindWhatHasPassedIsRefused() {
    try (HostFixture world = new HostFixture(19, 3)) {
      Server leader = world.leader();
      world.world.runFor(LONG);
      Server late = others(world, leader).getFirst();
      restartWith(world, late, Duration.ofSeconds(5).negated());
      world.world.runFor(Duration.ofSeconds(1));
      assertThat(late.replica).isNull();
    }
  }
}
