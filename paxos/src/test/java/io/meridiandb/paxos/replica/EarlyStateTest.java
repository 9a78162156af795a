package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.MembersFixture.Server;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is not chosen is nobody's state (protocol G17), and what is not open here has no vote (G24).
 */
final class EarlyStateTest {
  private static final ReplicaSet THREE = ReplicaSet.ofFull(MembersFixture.ids(1, 2, 3));

  /** 28: a leader applies early, checkpoints that, is deposed, and the real entry is another. */
  @Test
  void attack28UnchosenStateBecomesDurable() {
    assertThat(afterADeposedLeader(false)).containsExactly("a", "b", "c");
    assertThat(afterADeposedLeader(true))
        .as("applied as it was appended: the group stops here, before it would show what never was")
        .singleElement()
        .asString()
        .contains("two values for chosen entry");
  }

  /** What the old leader's state is in the end, or why it has stopped. */
  private static List<String> afterADeposedLeader(boolean early) {
    try (MembersFixture world = new MembersFixture(28, 3, THREE)) {
      world.propose("a");
      Server old = world.leader();
      int number = (int) old.id.value();
      world.world.network().isolate(old.id);
      Proposal lost = world.on(old, () -> old.replica.propose(ByteString.copyFromUtf8("lost")));
      if (early) {
        old.stored.index = lost.index();
        old.stored.values = List.of("a", "lost");
      }
      world.rest(Duration.ofSeconds(2));
      world.crash(number);
      world.world.network().joinAll();
      world.propose("b");
      world.propose("c");
      world.restart(number);
      world.until(() -> old.values().contains("c") || !world.world.failures().isEmpty());
      return world.world.failures().isEmpty()
          ? List.copyOf(old.values())
          : world.world.failures().stream().map(each -> each.cause().getMessage()).toList();
    }
  }

  /**
   * 16, as far as it can be met: groups are made by name and not by splitting. What comes for one
   * that is not open yet is dropped, and said again once it is; it has no vote before.
   */
  @Test
  void attack16AMessageForAGroupThatIsNotOpenYet() {
    ReplicaSet later = ReplicaSet.ofFull(MembersFixture.ids(1, 2));
    try (MembersFixture world = new MembersFixture(16, 3, later)) {
      Server third = world.server(3);
      Server leader = world.leader();
      leader.strand.execute(() -> leader.replica.changeMembers(THREE)); // 3 has no replica yet
      world.propose("a");
      world.rest(Duration.ofSeconds(3));
      assertThat(leader.replica.members()).as("it has not caught up").isEqualTo(later);
      third.strand.execute(() -> third.open(later.with(third.id, ReplicaSet.Kind.READ_ONLY)));
      world.until(() -> leader.replica.members().equals(THREE));
      world.until(() -> third.values().equals(List.of("a")));
      assertThat(world.world.failures()).isEmpty();
    }
  }
}
