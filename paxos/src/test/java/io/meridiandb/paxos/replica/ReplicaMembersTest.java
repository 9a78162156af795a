package io.meridiandb.paxos.replica;

import static io.meridiandb.paxos.replica.MembersFixture.G;
import static io.meridiandb.paxos.replica.MembersFixture.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.MembersFixture.Server;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Guards replica types, changes of members, images and closed timestamps on whole servers. */
final class ReplicaMembersTest {
  private static final ReplicaSet THREE = ReplicaSet.ofFull(ids(1, 2, 3));
  private static final ReplicaSet WITH_WITNESS = ReplicaSet.of(ids(1, 2), ids(3), ids());

  /** Protocol G26, attack 38: leader and witness choose; the leader dies; nothing is lost. */
  @Test
  void aWitnessVotesKeepsTheLogAndNeverLeads() {
    for (long seed = 1; seed <= 5; seed++) {
      try (MembersFixture world = new MembersFixture(seed, 3, WITH_WITNESS)) {
        world.propose("a");
        int leader = (int) world.leader().id.value();
        int other = 3 - leader;
        world.crash(other);
        world.propose("b");
        world.propose("c");
        world.crash(leader);
        world.restart(other);
        assertThat(world.leader().id.value()).isEqualTo(other);
        assertThat(world.server(other).values()).containsExactly("a", "b", "c");
        world.restart(leader);
        world.propose("d");
        world.until(() -> world.server(leader).values().size() == 4);
        assertThat(world.server(3).replica.leaseValidNow()).isFalse();
      }
    }
  }

  /** DESIGN 4: a read-only replica follows, serves reads, and nobody waits for it. */
  @Test
  void aReadOnlyReplicaFollowsAndNeverCounts() {
    try (MembersFixture world = new MembersFixture(1, 2, ReplicaSet.of(ids(1), ids(), ids(2)))) {
      Timestamp first = world.propose("a");
      Server reader = world.server(2);
      world.until(() -> !reader.replica.closed().isBefore(first));
      assertThat(reader.values()).containsExactly("a");
      world.crash(2);
      Timestamp second = world.propose("b");
      world.restart(2);
      world.until(() -> reader.values().equals(List.of("a", "b")));
      // Protocol G20: the present is closed although nothing happens in the group.
      AtomicBoolean closed = new AtomicBoolean();
      Timestamp later = second.plus(Duration.ofSeconds(3));
      reader.strand.execute(() -> reader.replica.whenClosed(later, () -> closed.set(true)));
      world.until(closed::get);
      assertThat(reader.leads()).isFalse();
    }
  }

  /** Protocol G6: every member is replaced by another, the leader too, and all restarts. */
  @Test
  void membersAreReplacedAtRuntimeAndTheLogRemembersThem() {
    for (long seed = 1; seed <= 5; seed++) {
      try (MembersFixture world = new MembersFixture(seed, 6, THREE)) {
        world.propose("a");
        ReplicaSet target = ReplicaSet.ofFull(ids(4, 5, 6));
        ReplicaSet joining = ReplicaSet.of(ids(1, 2, 3), ids(), ids(4, 5, 6));
        for (int i = 4; i <= 6; i++) {
          Server server = world.server(i);
          server.strand.execute(() -> server.open(joining));
        }
        world.change(target);
        for (int i = 1; i <= 3; i++) {
          world.crash(i);
        }
        world.propose("b");
        for (int i = 4; i <= 6; i++) {
          world.crash(i);
        }
        for (int i = 4; i <= 6; i++) {
          world.restart(i);
        }
        world.propose("c");
        for (int i = 4; i <= 6; i++) {
          Server server = world.server(i);
          world.until(() -> server.values().equals(List.of("a", "b", "c")));
          assertThat(server.replica.members()).isEqualTo(target);
        }
      }
    }
  }

  /** Protocol G25: a new member gets the state in parts, with a crash in the middle. */
  @Test
  void aReplicaThatTheLogCannotServeGetsAnImage() {
    for (long seed = 1; seed <= 6; seed++) {
      try (MembersFixture world = new MembersFixture(seed, 4, THREE)) {
        for (int i = 0; i < 20; i++) {
          world.propose("command-" + i);
        }
        world.until(() -> everybodyHas(world, 20, 1, 2, 3));
        for (int i = 1; i <= 3; i++) {
          Server server = world.server(i);
          server.strand.execute(server::checkpoint);
        }
        world.propose("last");
        world.rest(Duration.ofSeconds(1)); // the logs forget what all have in checkpoints
        Server fresh = world.server(4);
        fresh.strand.execute(() -> fresh.open(ReplicaSet.of(ids(1, 2, 3), ids(), ids(4))));
        Server leader = world.leader();
        leader.strand.execute(() -> leader.replica.changeMembers(ReplicaSet.ofFull(ids(1, 2, 4))));
        if (seed % 2 == 0) {
          world.until(() -> fresh.stored.index > 0);
          world.crash(4);
          world.restart(4);
        }
        world.change(ReplicaSet.ofFull(ids(1, 2, 4)));
        world.until(() -> everybodyHas(world, 21, 1, 2, 4));
        assertThat(fresh.values()).isEqualTo(world.server(1).values());
        assertThat(fresh.stored.index).isGreaterThan(0);
      }
    }
  }

  private static boolean everybodyHas(MembersFixture world, int size, int... servers) {
    for (int server : servers) {
      if (world.server(server).values().size() != size) {
        return false;
      }
    }
    return true;
  }

  /** DESIGN 4: a witness becomes a full replica and a witness again. */
  @Test
  void aWitnessGetsDataAndGivesItUpAgain() {
    try (MembersFixture world = new MembersFixture(3, 3, WITH_WITNESS)) {
      world.propose("a");
      Server third = world.server(3);
      third.strand.execute(() -> third.open(THREE));
      world.change(THREE);
      assertThat(third.values()).containsExactly("a");
      world.change(WITH_WITNESS);
      world.propose("b");
      world.until(() -> third.machine == null);
      int leader = (int) world.leader().id.value();
      world.crash(3 - leader);
      world.propose("c");
      assertThat(world.server(leader).values()).containsExactly("a", "b", "c");
    }
  }

  /**
   * Two exchange their kinds, and the only one that knows of it dies with the entry. It is the only
   * one that may campaign: the other believes that it is a witness until it is told.
   */
  @Test
  void whoIsToBecomeAWitnessMayLeadUntilThatIsChosen() {
    ReplicaSet before = ReplicaSet.of(ids(1), ids(2), ids());
    ReplicaSet after = ReplicaSet.of(ids(2), ids(1), ids());
    try (MembersFixture world = new MembersFixture(11, 2, before)) {
      world.propose("a");
      Server second = world.server(2);
      second.strand.execute(() -> second.open(after.with(second.id, ReplicaSet.Kind.FULL)));
      Server first = world.leader();
      world.until(() -> second.values().contains("a"));
      world.rest(Duration.ofSeconds(1));
      world.world.network().cut(first.id, second.id);
      first.strand.execute(() -> first.replica.changeMembers(after));
      world.until(() -> first.replica.members().equals(after));
      world.rest(Duration.ofMillis(200)); // it is on the disk of the first
      world.crash(1);
      world.world.network().joinAll();
      world.restart(1);
      world.propose("b");
      world.until(() -> second.leads());
      world.propose("c");
      assertThat(second.values()).containsExactly("a", "b", "c");
    }
  }

  /** A leader in the wrong place hands over while nothing is wrong, within seconds. */
  @Test
  void aLeaderGoesWhereItIsWanted() {
    try (MembersFixture world = new MembersFixture(4, 3, THREE)) {
      Server first = world.leader();
      ServerId wanted = new ServerId(first.id.value() % 3 + 1);
      LeaderPreference there = LeaderPreference.on(List.of(wanted));
      world.servers.values().forEach(s -> s.strand.execute(() -> s.replica.prefer(there)));
      Duration before = world.world.elapsed();
      world.until(() -> world.server((int) wanted.value()).leads());
      assertThat(world.world.elapsed().minus(before)).isLessThan(Duration.ofSeconds(3));
      world.propose("a");
    }
  }

  /** Protocol G8: no later timestamp at or below the floor. */
  @Test
  void theFloorIsBelowAllLaterTimestamps() {
    try (MembersFixture world = new MembersFixture(5, 3, THREE)) {
      Timestamp floor = world.propose("a").plus(Duration.ofMillis(300));
      Server leader = world.leader();
      world.on(
          leader,
          () -> {
            leader.replica.raiseFloor(floor);
            return true;
          });
      assertThat(world.propose("b")).isGreaterThan(floor);
    }
  }

  /** Whatever it was: it is told, remembers it over a restart, and can be closed. */
  @Test
  void whoWasRemovedWhileItWasDownIsTold() {
    ReplicaSet two = ReplicaSet.ofFull(ids(1, 2));
    for (ReplicaSet.Kind kind : ReplicaSet.Kind.values()) {
      ReplicaSet three = THREE.with(new ServerId(3), kind);
      try (MembersFixture world = new MembersFixture(12, 3, three)) {
        world.propose("a");
        world.rest(Duration.ofSeconds(1));
        world.crash(3);
        world.change(two);
        world.rest(Duration.ofSeconds(2)); // the leader tells it no more by itself
        world.restart(3);
        Server removed = world.server(3);
        world.until(() -> world.world.counters(removed.id).containsKey("paxos.removed.told"));
        assertThat(removed.replica.members()).as("%s", kind).isEqualTo(two);
        world.rest(Duration.ofSeconds(1));
        world.crash(3);
        world.restart(3);
        assertThat(removed.replica.members()).as("%s, remembered", kind).isEqualTo(two);
        removed.strand.execute(() -> removed.host.close(G));
        world.propose("b");
      }
    }
  }

  /** A closed replica's promises outlive it, and it can be opened again. */
  @Test
  void aReplicaIsClosedAndOpenedAgain() {
    try (MembersFixture world = new MembersFixture(6, 3, THREE)) {
      world.propose("a");
      int gone = (int) world.leader().id.value() % 3 + 1;
      ReplicaSet two =
          ReplicaSet.ofFull(THREE.full().stream().filter(s -> s.value() != gone).toList());
      world.change(two);
      Server server = world.server(gone);
      server.strand.execute(() -> {
        server.host.close(G);
        server.stored.clear();
        server.closed = true;
      });
      world.propose("b");
      world.crash(gone);
      world.restart(gone);
      assertThat(server.host.recoveredGroups()).doesNotContainKey(G);
      server.strand.execute(
          () -> server.open(ReplicaSet.of(two.full(), ids(), List.of(server.id))));
      world.change(THREE);
      world.until(() -> server.values().equals(List.of("a", "b")));
    }
  }
}
