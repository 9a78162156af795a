package io.meridiandb.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Guards reliability T30 and protocol G9: a bare majority that is well connected chooses commands,
 * however the rest is broken, for ever: dead, deaf, mute, or cut off in one direction from some and
 * in the other from others. From the moment on at which the majority is whole, nothing may be
 * chosen for at most {@link #LEASES_MAX} leases and {@link #ROUND_TRIPS_MAX} round trips.
 */
final class CoreLivenessTest {
  /**
   * A leader that has just become deaf binds the others for two leases: it has heard them a moment
   * ago, so they renew its lease for one more. A third one for the election.
   */
  private static final int LEASES_MAX = 3;

  private static final int ROUND_TRIPS_MAX = 12;

  /** What a message and a force take at most in the simulation, besides the distance. */
  private static final Duration HOP = Duration.ofMillis(25);

  private static final Duration LOOK = Duration.ofMillis(100);

  /** A universe of five, three of which will be the core. */
  private static final class Trial {
    final PaxosSimulation world;
    final LeaseConfig lease;
    final Random random;
    final List<ServerId> core;
    final List<ServerId> rest;
    final StringBuilder story = new StringBuilder();
    Duration distance = Duration.ZERO;

    Trial(long seed, boolean far) {
      random = new Random(seed * 31 + 7);
      lease = far ? farLease(random) : PaxosSimulation.USUAL;
      world = new PaxosSimulation(seed, 5, ids -> begin(seed, ids), Doubles.NONE, lease);
      world.membersStay();
      if (far) {
        moveApart();
      }
      rest = new ArrayList<>(world.ids);
      Collections.shuffle(rest, random);
      core = List.copyOf(rest.subList(0, 3));
      rest.removeAll(core);
    }

    private static LeaseConfig farLease(Random random) {
      int length = List.of(600, 1000, 3000).get(random.nextInt(3));
      int heartbeats = List.of(3, 6, 12).get(random.nextInt(3));
      return new LeaseConfig(Duration.ofMillis(length), Duration.ofMillis(length / heartbeats));
    }

    /** Every third universe has two witnesses. */
    private static ReplicaSet begin(long seed, List<ServerId> ids) {
      return seed % 3 == 0
          ? ReplicaSet.of(ids.subList(0, 3), ids.subList(3, 5), List.of())
          : ReplicaSet.ofFull(ids);
    }

    /** Up to a fifth of a lease, or 180 ms, each way: nobody can keep a lease over more. */
    private void moveApart() {
      long most = random.nextLong(20, Math.min(180, lease.length().toMillis() / 5));
      distance = Duration.ofMillis(most);
      for (ServerId a : world.ids) {
        for (ServerId b : world.ids) {
          if (a.compareTo(b) < 0) {
            world.apart(a, b, Duration.ofMillis(random.nextLong(1, most)));
          }
        }
      }
    }

    void breakTheRest() {
      for (ServerId one : rest) {
        int kind = random.nextInt(6);
        story.append(' ').append(one);
        for (ServerId other : world.ids) {
          boolean inCore = core.contains(other);
          if (!other.equals(one)) {
            switch (kind) {
              case 0 -> world.killForEver(one);
              case 1 -> cutIf(inCore, other, one);
              case 2 -> cutIf(inCore, one, other);
              case 3 -> cutIf(true, other, one);
              default -> {
                cutIf(random.nextBoolean(), other, one);
                cutIf(random.nextBoolean(), one, other);
              }
            }
          }
        }
        story.append(kind == 0 ? " is dead" : "");
      }
      world.settle();
    }

    private void cutIf(boolean really, ServerId from, ServerId to) {
      if (really) {
        world.cutForEver(from, to);
        story.append(' ').append(from.value()).append("-x->").append(to.value());
      }
    }

    Duration bound() {
      return lease
          .length()
          .multipliedBy(LEASES_MAX)
          .plus(distance.plus(HOP).multipliedBy(2L * ROUND_TRIPS_MAX));
    }

    /** Looks on for ten bounds. */
    void watch() {
      Map<GroupId, Long> last = new TreeMap<>();
      Map<GroupId, Long> since = new TreeMap<>();
      world.groups.forEach(group -> since.put(group, world.time));
      long end = world.time + bound().multipliedBy(4).toNanos();
      while (world.time < end) {
        world.suffer(LOOK);
        for (GroupId group : world.groups) {
          long chosen = world.lastChosen(group);
          Long before = last.put(group, chosen);
          if (before == null || chosen > before) {
            since.put(group, world.time);
          } else if (world.time - since.get(group) > bound().toNanos()) {
            throw new AssertionError(
                "%s chose nothing for %s, core %s,%s%s"
                    .formatted(group, bound(), core, story, world));
          }
        }
      }
    }
  }

  private static void run(long seed, boolean far) {
    Trial trial = new Trial(seed, far);
    try {
      trial.world.suffer(Duration.ofMillis(trial.random.nextInt(1, 9_000)));
      trial.breakTheRest();
      trial.watch();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + (far ? ", far" : "") + ": " + e.getMessage(), e);
    }
  }

  @Test
  void aCoreGoesOnWhateverTheRestDoes() {
    for (long seed = 1; seed <= 90; seed++) {
      run(seed, false);
    }
  }

  /** Candidates must learn how long answers take, and not meet again and again. */
  @Test
  void aCoreGoesOnOverLongDistances() {
    for (long seed = 1; seed <= 60; seed++) {
      run(seed, true);
    }
  }

  /** A round trip that takes longer than candidates wait at first. */
  @Test
  void candidatesLearnHowFarTheVotersAre() {
    LeaseConfig lease = new LeaseConfig(Duration.ofMillis(1_200), Duration.ofMillis(100));
    PaxosSimulation world =
        new PaxosSimulation(1, 3, ids -> ReplicaSet.ofFull(ids), Doubles.NONE, lease);
    world.settle();
    for (ServerId a : world.ids) {
      world.ids.forEach(b -> world.apart(a, b, Duration.ofMillis(210)));
    }
    world.suffer(lease.length().multipliedBy(5));
    world.groups.forEach(group -> assertThat(world.lastChosen(group)).isPositive());
  }

  /** T30: the leader hears nobody but is heard by all, and another voter is dead. */
  @Test
  void aDeafLeaderAndADeadVoter() {
    for (long seed = 1; seed <= 20; seed++) {
      Trial trial = new Trial(3 * seed + 1, false);
      PaxosSimulation world = trial.world;
      world.settle();
      GroupId group = world.groups.getFirst();
      world.suffer(Duration.ofSeconds(5));
      ServerId leader =
          world.servers.stream().filter(s -> s.leadsNow(group)).findFirst().orElseThrow().id;
      ServerId other = world.ids.stream().filter(id -> !id.equals(leader)).findAny().orElseThrow();
      world.killForEver(other);
      world.ids.stream()
          .filter(id -> !id.equals(leader))
          .forEach(id -> world.cutForEver(id, leader));
      world.settle();
      trial.watch();
      assertThat(world.servers.stream().filter(s -> s.leadsNow(group)).map(s -> s.id))
          .as("the leaders of seed %d, %s is deaf", seed, leader)
          .hasSize(1)
          .doesNotContain(leader);
    }
  }

  @Test
  @Tag("deep")
  void manySeeds() {
    for (long seed = 1_000; seed < 4_000; seed++) {
      run(seed, seed % 2 == 0);
    }
  }
}
