package io.meridiandb.placement.locationproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.gateway.Router.Leader;
import io.meridiandb.txn.proto.Directory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guesses about leaders are corrected by answers (protocol C5). */
class LocationProxyTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);
  private static final ServerId FOUR = new ServerId(4);
  private static final GroupId SEVEN = new GroupId(7);

  private final LocationProxy proxy = new LocationProxy(List.of(ONE, TWO, THREE));

  private Leader leader() {
    return proxy.leader(GroupId.ZERO);
  }

  @Test
  void oneGroupHoldsEveryKey() {
    assertThat(proxy.locate(Key.of(new byte[] {1}))).isEqualTo(GroupId.ZERO);
    assertThat(proxy.locate(KeyRange.ALL)).isEqualTo(GroupId.ZERO);
  }

  @Test
  void allServersAreTriedInTurn() {
    assertThat(leader()).isEqualTo(new Leader(ONE, 0));
    proxy.failed(GroupId.ZERO, ONE, null);
    assertThat(leader()).isEqualTo(new Leader(TWO, 0));
    proxy.failed(GroupId.ZERO, TWO, null);
    proxy.failed(GroupId.ZERO, THREE, null);
    assertThat(leader()).isEqualTo(new Leader(ONE, 0));
  }

  @Test
  void aHintIsFollowed() {
    proxy.failed(GroupId.ZERO, ONE, THREE);
    assertThat(leader()).isEqualTo(new Leader(THREE, 0));
  }

  @Test
  void aHintToWhoeverWasAskedOrToAStrangerIsNot() {
    proxy.failed(GroupId.ZERO, ONE, ONE);
    assertThat(leader()).isEqualTo(new Leader(TWO, 0));
    proxy.failed(GroupId.ZERO, TWO, new ServerId(9));
    assertThat(leader()).isEqualTo(new Leader(THREE, 0));
  }

  @Test
  void anAnswerIsRememberedWithItsEpoch() {
    proxy.learned(GroupId.ZERO, TWO, 7);
    assertThat(leader()).isEqualTo(new Leader(TWO, 7));
  }

  @Test
  void aLateFailureOfAnotherServerChangesNothing() {
    proxy.learned(GroupId.ZERO, TWO, 7);
    proxy.failed(GroupId.ZERO, ONE, THREE);
    assertThat(leader()).isEqualTo(new Leader(TWO, 7));
  }

  private static Topology topology() {
    return new Topology(
        List.of(
            new ServerPlace(ONE, "one", "west", "west-a"),
            new ServerPlace(TWO, "two", "east", "east-a"),
            new ServerPlace(THREE, "three", "west", "west-b"),
            new ServerPlace(FOUR, "four", "east", "east-b")));
  }

  private static Directory hint(int from, int to, long generation, long group, long... servers) {
    Directory.Builder hint =
        Directory.newBuilder()
            .setRange(Protos.range(range(from, to)))
            .setGeneration(generation)
            .setGroup(group);
    for (long server : servers) {
      hint.addServers(server);
    }
    return hint.build();
  }

  private static KeyRange range(int from, int to) {
    return new KeyRange(Key.of(new byte[] {1, (byte) from}), Key.of(new byte[] {1, (byte) to}));
  }

  @Test
  void refusalsTeachWhereADirectoryIsAndWhoHasIt() {
    LocationProxy inEast =
        new LocationProxy(topology(), TWO, ReplicaSet.ofFull(List.of(ONE, TWO, THREE)));
    int[] refreshed = new int[1];
    inEast.onUnknown(() -> refreshed[0]++);
    inEast.directories(List.of(hint(10, 20, 2, 7, 1, 3, 4)));
    assertThat(inEast.locate(range(12, 13))).isEqualTo(SEVEN);
    assertThat(inEast.locate(range(5, 13))).isNull();
    assertThat(inEast.replicas(SEVEN)).containsExactly(FOUR, THREE, ONE);
    assertThat(inEast.leader(SEVEN).server()).isEqualTo(FOUR);
    assertThat(refreshed[0]).as("an unknown group is looked up").isEqualTo(1);
    inEast.directories(List.of(hint(10, 20, 1, 5, 2)));
    assertThat(inEast.locate(range(12, 13))).as("older knowledge").isEqualTo(SEVEN);
    inEast.learnedMembers(SEVEN, ReplicaSet.of(List.of(ONE, THREE), List.of(FOUR), List.of(TWO)));
    assertThat(inEast.replicas(SEVEN)).as("no witness").containsExactly(TWO, THREE, ONE);
    inEast.directories(List.of(hint(30, 40, 1, 7, 4)));
    assertThat(inEast.replicas(SEVEN)).as("METADATA knows better").hasSize(3);
    assertThat(refreshed[0]).isEqualTo(2);
  }

  @Test
  void nearIsTheOwnRegionAndVotesAreFarWithoutAMajorityThere() {
    LocationProxy inEast =
        new LocationProxy(topology(), TWO, ReplicaSet.ofFull(List.of(ONE, TWO, THREE)));
    assertThat(inEast.near(FOUR)).isTrue();
    assertThat(inEast.near(THREE)).isFalse();
    assertThat(inEast.replicas(GroupId.ZERO)).containsExactly(TWO, THREE, ONE);
    inEast.learned(GroupId.ZERO, ONE, 4);
    assertThat(inEast.votesAreFar(GroupId.ZERO)).as("two of three in west").isFalse();
    inEast.learned(GroupId.ZERO, TWO, 5);
    assertThat(inEast.votesAreFar(GroupId.ZERO)).isTrue();
  }
}
