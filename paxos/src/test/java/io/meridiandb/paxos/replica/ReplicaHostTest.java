package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.replica.HostFixture.Server;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Guards the driver: log, messages, leases and state machine of whole servers in virtual time. */
final class ReplicaHostTest {

  @Test
  void oneServerIsAMajorityOfItself() {
    try (HostFixture world = new HostFixture(1, 1)) {
      Server only = world.leader();
      assertThat(world.propose(only, "a")).isEqualTo(2);
      world.crash(only);
      world.restart(only);
      Server again = world.leader();
      assertThat(again.applied).containsExactly("a");
    }
  }

  @Test
  void whatIsChosenIsAppliedEverywhereInOneOrder() {
    try (HostFixture world = new HostFixture(2, 3)) {
      Server leader = world.leader();
      CompletableFuture<Long> last = new CompletableFuture<>();
      for (int i = 0; i < 1_000; i++) {
        last = leader.propose("c" + i);
      }
      world.until(last::isDone);
      assertThat(last.join()).isEqualTo(1_001);
      world.until(() -> world.servers.values().stream().allMatch(s -> s.applied.size() == 1_000));
      assertThat(world.servers.values()).allMatch(s -> s.applied.equals(leader.applied));
      assertThat(leader.roles).containsExactly("leads");
    }
  }

  @Test
  void aFollowerRefusesAndNamesTheLeader() {
    try (HostFixture world = new HostFixture(3, 3)) {
      Server leader = world.leader();
      world.propose(leader, "a");
      Server other =
          world.servers.values().stream().filter(s -> s != leader).findFirst().orElseThrow();
      world.until(() -> leader.id.equals(other.replica.leaderHint()));
      CompletableFuture<Long> refused = other.propose("b");
      world.until(refused::isDone);
      assertThatThrownBy(refused::join)
          .hasCauseInstanceOf(NotLeaderException.class)
          .hasMessageContaining("try " + leader.id);
    }
  }

  @Test
  void aLostLeaderCostsAboutOneLease() {
    try (HostFixture world = new HostFixture(4, 3)) {
      Server first = world.leader();
      world.propose(first, "a");
      Duration before = world.world.elapsed();
      world.crash(first);
      Server second = world.leader();
      assertThat(second.id).isNotEqualTo(first.id);
      assertThat(world.world.elapsed().minus(before))
          .isBetween(
              LeaseConfig.SHORT.length().dividedBy(2),
              LeaseConfig.SHORT.length().multipliedBy(5).dividedBy(2));
      world.propose(second, "b");
      world.restart(first);
      world.until(() -> first.applied.equals(List.of("a", "b")));
    }
  }

  @Test
  void aPlannedHandOverDoesNotWaitForTheLease() {
    try (HostFixture world = new HostFixture(5, 3)) {
      Server first = world.leader();
      world.propose(first, "a");
      Server target =
          world.servers.values().stream().filter(s -> s != first).findFirst().orElseThrow();
      Duration before = world.world.elapsed();
      first.strand.execute(() -> first.replica.handOver(target.id));
      world.until(target::leads);
      assertThat(world.world.elapsed().minus(before)).isLessThan(Duration.ofMillis(250));
      assertThat(first.roles).containsExactly("leads", "stops");
      world.propose(target, "b");
    }
  }

  @Test
  void powerLossEverywhereLosesNothingAcknowledged() {
    for (long seed = 10; seed < 20; seed++) {
      try (HostFixture world = new HostFixture(seed, 3)) {
        Server leader = world.leader();
        for (int i = 0; i < 5; i++) {
          world.propose(leader, "c" + i);
        }
        world.servers.values().forEach(world::crash);
        world.servers.values().forEach(world::restart);
        Server next = world.leader();
        assertThat(next.applied).startsWith("c0", "c1", "c2", "c3", "c4");
      }
    }
  }

  /** They wake for leases, CLOSEs and marks of the time; ticks alone would be 6,000 events. */
  @Test
  void idleServersSleep() {
    try (HostFixture f = new HostFixture(21, 3)) {
      f.propose(f.leader(), "the last");
      assertThat(eventsWhileIdle(f)).isLessThan(2_500);
    }
  }

  /** Leases, CLOSEs and what a leader says of itself go between servers, not between groups. */
  @Test
  void idleGroupsExchangeNothing() {
    long one;
    try (HostFixture f = new HostFixture(21, 3)) {
      f.propose(f.leader(), "the last");
      one = eventsWhileIdle(f);
    }
    try (HostFixture f = new HostFixture(21, 3)) {
      Server leader = f.leader();
      f.propose(leader, "the last");
      for (Server server : f.servers.values()) {
        server.strand.execute(() -> f.openMore(server, 20, leader.id));
      }
      assertThat(eventsWhileIdle(f)).isBetween(one - one / 10, one + one / 10);
    }
  }

  /** In 30 s, after 20 s in which elections and preferences settle. */
  private static long eventsWhileIdle(HostFixture f) {
    f.world.runFor(Duration.ofSeconds(20));
    long before = f.world.events();
    f.world.runFor(Duration.ofSeconds(30));
    return f.world.events() - before;
  }
}
