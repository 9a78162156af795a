package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.simulated.LinkConditions;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.replica.HostFixture.Server;
import io.meridiandb.truetime.TrueTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Guards protocol G7: a planned hand-over ships what the leader's state machine gives away, and
 * costs round trips, not a lease. Whole servers, with the real log, in virtual time.
 */
final class HandOverTest {
  /** What forces, and looking at the clock now and then, may add. */
  private static final Duration LOCAL_WORK = Duration.ofMillis(20);

  /** What five ordinary forces take. */
  private static final Duration FORCES = Duration.ofMillis(10);

  private static final LeaseConfig LEASE = LeaseConfig.SHORT;

  /** How long it took from the stop of appends until then. */
  private record Taken(Duration firstAppend, Duration firstCommand) {}

  private static Server other(HostFixture world, Server leader) {
    return world.servers.values().stream().filter(s -> s != leader).findFirst().orElseThrow();
  }

  /** The target's first append is its LEADER_START; commands may come once that is chosen. */
  private static Taken handOver(HostFixture world, Server from, Server to) {
    Duration before = world.world.elapsed();
    from.strand.execute(() -> from.replica.handOver(to.id));
    world.until(() -> to.id.equals(to.replica.leaderHint()));
    Duration appended = world.world.elapsed().minus(before);
    world.until(to::leads);
    return new Taken(appended, world.world.elapsed().minus(before));
  }

  private static Duration measured(long seed, Duration oneWay, boolean busy) {
    try (HostFixture world = new HostFixture(seed, 3)) {
      Server first = world.leader();
      world.propose(first, "a");
      Server target = other(world, first);
      world.until(() -> target.applied.contains("a"));
      world.world.network().standard(LinkConditions.of(oneWay, oneWay.dividedBy(20)));
      if (busy) {
        for (int i = 0; i < 100; i++) {
          first.propose("b" + i);
        }
      }
      first.locks = "locks of " + seed;
      Taken taken = handOver(world, first, target);
      assertThat(first.roles).endsWith("stops");
      assertThat(target.locks).isEqualTo("locks of " + seed);
      assertThat(target.applied).hasSize(busy ? 101 : 1);
      world.propose(target, "c");
      Duration roundTrip = oneWay.multipliedBy(2);
      assertThat(taken.firstCommand.minus(taken.firstAppend))
          .as("LEADER_START is chosen")
          .isLessThan(roundTrip.multipliedBy(11).dividedBy(10).plus(LOCAL_WORK));
      System.out.printf(
          "hand-over, one way %s%s: first append after %d ms, first command after %d ms%n",
          oneWay,
          busy ? ", busy" : "",
          taken.firstAppend.toMillis(),
          taken.firstCommand.toMillis());
      return taken.firstAppend;
    }
  }

  @Test
  void nearby() {
    for (int seed = 1; seed <= 20; seed++) {
      assertThat(measured(seed, Duration.ofNanos(300_000), seed % 2 == 0))
          .as("seed %d", seed)
          .isLessThan(Duration.ofMillis(250));
    }
  }

  /** RELEASE, PREPARE, PROMISE: one and a half round trips; one more for what is on its way. */
  @Test
  void farAway() {
    for (int seed = 1; seed <= 20; seed++) {
      boolean busy = seed % 2 == 0;
      Duration roundTrip = Duration.ofMillis(100);
      assertThat(measured(seed, roundTrip.dividedBy(2), busy))
          .as("seed %d%s", seed, busy ? ", busy" : "")
          .isLessThan(
              roundTrip
                  .multipliedBy(busy ? 25 : 15)
                  .dividedBy(10)
                  .multipliedBy(21)
                  .dividedBy(20)
                  .plus(LOCAL_WORK));
    }
  }

  /**
   * Slow disks and uneven links: from the stop of appends on only they are waited for, and no tick,
   * retry or lease. What is under way is chosen (a round trip, two forces); RELEASE; the
   * candidate's promise is durable, that of one more (a round trip), and so is LEADER_START.
   */
  @Test
  void nothingButDisksAndLinksIsWaitedFor() {
    List<Long> millis = new ArrayList<>();
    for (int seed = 1; seed <= 40; seed++) {
      Random random = new Random(seed);
      try (HostFixture world = new HostFixture(seed, 3)) {
        Server leader = world.leader();
        world.propose(leader, "a");
        Duration oneWay = Duration.ofNanos(100_000 + random.nextInt(4_900_000));
        Duration force = Duration.ofNanos(random.nextInt(15_000_000));
        world.world.network().standard(LinkConditions.of(oneWay, oneWay));
        world.ids.forEach(id -> world.world.disk(id).slow(force.multipliedBy(random.nextInt(2))));
        world.world.runFor(LEASE.heartbeat().multipliedBy(2));
        for (int i = 0; i < 100; i++) {
          leader.propose("b" + i);
        }
        leader.strand.execute(() -> leader.replica.handOver(null));
        Duration most = oneWay.multipliedBy(2 * 7).plus(force.multipliedBy(5)).plus(FORCES);
        Duration taken = gap(world, leader);
        millis.add(taken.toMillis());
        assertThat(taken).as("seed %d, one way %s, force %s", seed, oneWay, force).isLessThan(most);
      }
    }
    Collections.sort(millis);
    System.out.println("nobody leads, slow disks and links, in ms: " + millis);
  }

  /** How long nobody leads, from the stop of appends to the first command that may come. */
  private static Duration gap(HostFixture world, Server from) {
    world.until(() -> from.roles.contains("stops"));
    Duration stopped = world.world.elapsed();
    world.until(() -> world.servers.values().stream().anyMatch(Server::leads));
    return world.world.elapsed().minus(stopped);
  }

  /** The leader, and a follower with a lower number that has just started again. */
  private static Server leaderBesideAFresh(HostFixture world) {
    Server leader = world.leader();
    world.propose(leader, "a");
    Server fresh = other(world, leader);
    world.crash(fresh);
    world.restart(fresh);
    world.until(() -> fresh.applied.contains("a"));
    world.world.runFor(LEASE.heartbeat()); // it has been heard of
    return leader;
  }

  /**
   * Who has just started may promise nothing, to itself neither (G2): it would keep the group
   * waiting, for up to a lease. The longest of ten real hand-overs was one to such a server.
   */
  @Test
  void notToAServerThatIsSilentAfterItsStart() {
    for (int seed = 1; seed <= 20; seed++) {
      try (HostFixture world = new HostFixture(seed, 3)) {
        Server leader = leaderBesideAFresh(world);
        world.world.runFor(Duration.ofMillis(seed * 40));
        leader.strand.execute(() -> leader.replica.handOver(null));
        assertThat(gap(world, leader)).as("seed %d", seed).isLessThan(LOCAL_WORK.multipliedBy(2));
      }
    }
  }

  /** If nobody else is up the leader goes on until that silence is over. */
  @Test
  void aLeaderGoesOnUntilSomebodyCanTakeOver() {
    for (int seed = 1; seed <= 5; seed++) {
      try (HostFixture world = new HostFixture(seed, 3)) {
        Server leader = world.leader();
        Server fresh = other(world, leader);
        Server third =
            world.servers.values().stream()
                .filter(s -> s != leader && s != fresh)
                .findFirst()
                .orElseThrow();
        world.crash(third);
        world.world.runFor(LEASE.length().multipliedBy(6).dividedBy(10)); // it is known to be away
        leaderBesideAFresh(world);
        leader.strand.execute(() -> leader.replica.handOver(null));
        world.propose(leader, "b");
        assertThat(gap(world, leader)).as("seed %d", seed).isLessThan(LOCAL_WORK.multipliedBy(2));
        assertThat(fresh.leads()).isTrue();
      }
    }
  }

  /**
   * Who is about to end gets nothing, and if it gets something says at once that it is not able.
   */
  @Test
  void notToAServerThatLeaves() {
    for (int seed = 1; seed <= 10; seed++) {
      boolean known = seed % 2 == 0;
      try (HostFixture world = new HostFixture(seed, 3)) {
        Server leader = world.leader();
        world.propose(leader, "a");
        Server leaving = other(world, leader);
        world.until(() -> leaving.applied.contains("a"));
        leaving.strand.execute(() -> leaving.host.handOverAll());
        world.world.runFor(known ? LEASE.heartbeat().multipliedBy(2) : Duration.ofMillis(1));
        leader.strand.execute(() -> leader.replica.handOver(known ? null : leaving.id));
        assertThat(gap(world, leader))
            .as("seed %d", seed)
            .isLessThan(known ? LOCAL_WORK.multipliedBy(2) : LEASE.length().dividedBy(2));
        assertThat(leaving.roles).isEmpty();
      }
    }
  }

  /** What a server plays to itself as it starts is a hand-over, and leaves nothing behind. */
  @Test
  void aRehearsalSeesAHandOver() {
    for (int seed = 1; seed <= 5; seed++) {
      try (HostFixture world = new HostFixture(seed, 1)) {
        Env env = world.world.server(world.ids.getFirst());
        CompletableFuture<Boolean> seen =
            HandOverRehearsal.begin(
                env, TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND));
        Duration begun = world.world.elapsed();
        world.until(seen::isDone);
        assertThat(seen.join()).as("seed %d", seed).isTrue();
        assertThat(world.world.elapsed().minus(begun)).isLessThan(Duration.ofSeconds(1));
      }
    }
  }

  /** Nothing is shipped to whoever is elected after a loss. */
  @Test
  void anUnplannedLossShipsNothing() {
    try (HostFixture world = new HostFixture(7, 3)) {
      Server first = world.leader();
      first.locks = "locks";
      world.crash(first);
      Server second = world.leader();
      assertThat(second.locks).isEmpty();
    }
  }

  /** Whatever is lost or late: what a leader goes on with is what the one before it has shipped. */
  @Test
  void locksGoFromTermToTermOrAreLost() {
    int shipped = 0;
    for (int seed = 1; seed <= 15; seed++) {
      Random random = new Random(seed);
      try (HostFixture world = new HostFixture(seed, 3)) {
        world.world.network().standard(LinkConditions.lan().withFaults(100_000, 50_000, 50_000));
        String last = "";
        for (int i = 0; i < 6; i++) {
          Server leader = world.leader();
          assertThat(leader.locks).as("seed %d, term %d", seed, i).isIn("", last);
          shipped += !leader.locks.isEmpty() && leader.locks.equals(last) ? 1 : 0;
          last = "locks " + i;
          leader.locks = last;
          if (random.nextInt(4) == 0) {
            world.crash(leader);
            world.restart(leader);
            last = "";
          } else {
            Server target = other(world, leader);
            leader.strand.execute(() -> leader.replica.handOver(target.id));
          }
          world.until(() -> !leader.leads());
        }
      }
    }
    assertThat(shipped).isGreaterThan(20);
  }
}
