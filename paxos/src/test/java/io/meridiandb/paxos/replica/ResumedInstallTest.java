package io.meridiandb.paxos.replica;

import static io.meridiandb.paxos.replica.MembersFixture.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.MembersFixture.Server;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An image goes on where it was, if it still is the same image (protocol G25, reliability T11). */
final class ResumedInstallTest {
  private static final ReplicaSet THREE = ReplicaSet.ofFull(ids(1, 2, 3));
  private static final ReplicaSet OTHER = ReplicaSet.ofFull(ids(1, 2, 4));

  /** Twenty commands, checkpoints everywhere, and logs that begin behind them. */
  private static MembersFixture world(long seed) {
    MembersFixture world = new MembersFixture(seed, 4, THREE);
    for (int i = 0; i < 20; i++) {
      world.propose("command-" + i);
    }
    world.until(() -> has(world, 20, 1, 2, 3));
    checkpoint(world, "last");
    Server fresh = world.server(4);
    fresh.strand.execute(() -> fresh.open(THREE.with(fresh.id, ReplicaSet.Kind.READ_ONLY)));
    Server leader = world.leader();
    leader.strand.execute(() -> leader.replica.changeMembers(OTHER));
    return world;
  }

  private static void checkpoint(MembersFixture world, String then) {
    for (int i = 1; i <= 3; i++) {
      Server server = world.server(i);
      server.strand.execute(server::checkpoint);
    }
    world.propose(then);
    world.rest(Duration.ofSeconds(1)); // the logs forget what all have in checkpoints
  }

  private static boolean has(MembersFixture world, int size, int... servers) {
    for (int server : servers) {
      if (world.server(server).values().size() != size) {
        return false;
      }
    }
    return true;
  }

  /** The receiver dies at each of its parts, again and again: no part is sent twice. */
  @Test
  void aCrashOfTheReceiverCostsNothingThatIsHereAlready() {
    for (int part = 1; part <= 24; part += 4) {
      try (MembersFixture world = world(part)) {
        Server fresh = world.server(4);
        for (int crash = 0; crash < 3; crash++) {
          long enough = Math.min(200, 7L * part * (crash + 1));
          world.until(() -> fresh.stored.written >= enough);
          world.crash(4);
          world.restart(4);
        }
        world.change(OTHER);
        world.until(() -> has(world, 21, 4));
        assertThat(fresh.values()).isEqualTo(world.leader().values());
        String image = String.join("\n", fresh.values().subList(0, 20));
        assertThat(fresh.stored.written).as("bytes").isEqualTo(image.length());
        assertThat(world.world.counters(fresh.id)).containsKey("paxos.installs.resumed");
      }
    }
  }

  @Test
  void aConnectionThatIsLostCostsNothingEither() {
    try (MembersFixture world = world(50)) {
      Server fresh = world.server(4);
      world.until(() -> fresh.stored.written >= 70);
      world.world.network().isolate(fresh.id);
      world.rest(Duration.ofSeconds(30)); // the source is given up
      world.world.network().joinAll();
      world.change(OTHER);
      world.until(() -> has(world, 21, 4));
      String image = String.join("\n", fresh.values().subList(0, 20));
      assertThat(fresh.stored.written).isEqualTo(image.length());
    }
  }

  /** The sources have newer checkpoints; the one that was asked still has the image open. */
  @Test
  void theSourceGoesOnWithTheImageOfWhichTheReceiverHasAPart() {
    try (MembersFixture world = world(55)) {
      Server fresh = world.server(4);
      world.until(() -> fresh.stored.written >= 70);
      world.crash(4);
      checkpoint(world, "more");
      world.restart(4);
      world.change(OTHER);
      world.until(() -> has(world, 22, 4));
      String image = String.join("\n", fresh.values().subList(0, 20));
      assertThat(fresh.stored.written).isEqualTo(image.length());
    }
  }

  /** All sources have gone on to other checkpoints: what is here is of no use. */
  @Test
  void anotherImageIsTakenFromItsBeginning() {
    assertThat(afterAnotherImage(false)).isTrue();
    assertThat(afterAnotherImage(true)).as("with parts of two images").isFalse();
  }

  private static boolean afterAnotherImage(boolean broken) {
    try (MembersFixture world = world(60)) {
      Server fresh = world.server(4);
      fresh.stored.takesAnyPartForThis = broken;
      world.until(() -> fresh.stored.written >= 70);
      world.crash(4);
      world.propose("x".repeat(50));
      checkpoint(world, "more");
      for (int i = 1; i <= 3; i++) {
        world.crash(i);
        world.restart(i); // nobody has the image open any more
      }
      world.restart(4);
      world.change(OTHER);
      world.until(() -> fresh.values().contains("more"));
      return fresh.values().equals(world.leader().values());
    }
  }
}
