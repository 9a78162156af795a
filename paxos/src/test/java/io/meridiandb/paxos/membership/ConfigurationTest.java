package io.meridiandb.paxos.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.id.ServerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Guards protocol G6: who must agree, alone and jointly. */
final class ConfigurationTest {
  private static final ReplicaSet OLD = ReplicaSet.of(ids(1, 2), ids(3), ids(7));
  private static final ReplicaSet NEW = ReplicaSet.of(ids(3, 4, 5), ids(), ids(1));
  private static final Configuration JOINT = new Configuration(NEW, OLD);

  private static List<ServerId> ids(int... numbers) {
    List<ServerId> ids = new ArrayList<>();
    for (int number : numbers) {
      ids.add(new ServerId(number));
    }
    return ids;
  }

  @Test
  void jointNeedsAMajorityOfBothSidesAndLearnersNeverCount() {
    assertThat(JOINT.quorum().reachedBy(ids(1, 2, 7)::contains)).isFalse();
    assertThat(JOINT.quorum().reachedBy(ids(3, 4, 5)::contains)).isFalse();
    assertThat(JOINT.quorum().reachedBy(ids(1, 3, 4)::contains)).isTrue();
    assertThat(JOINT.quorum().reachedBy(ids(1, 2, 4, 5)::contains)).isTrue();
    assertThat(Configuration.of(OLD).quorum().reachedBy(ids(1, 7)::contains)).isFalse();
    assertThat(Configuration.of(OLD).quorum().reachedBy(ids(1, 3)::contains)).isTrue();
  }

  @Test
  void whatBothSidesHaveReachedIsTheLowerOfTheTwo() {
    Map<Long, Integer> acked = Map.of(1L, 9, 2L, 8, 3L, 7, 4L, 3, 5L, 2);
    assertThat(reached(JOINT, acked)).isEqualTo(3);
    assertThat(reached(Configuration.of(NEW), acked)).isEqualTo(3);
    assertThat(reached(Configuration.of(OLD), acked)).isEqualTo(8);
  }

  private static int reached(Configuration configuration, Map<Long, Integer> acked) {
    return configuration.quorum().<Integer>reached(server -> acked.get(server.value()));
  }

  @Test
  void everybodyIsTheMostThatItIsOnEitherSide() {
    assertThat(JOINT.everybody()).isEqualTo(ReplicaSet.of(ids(1, 2, 3, 4, 5), ids(), ids(7)));
    assertThat(JOINT.full()).containsExactlyElementsOf(ids(1, 2, 3, 4, 5));
  }

  @Test
  void bytesSayTheSame() {
    assertThat(Configuration.decode(JOINT.encode())).isEqualTo(JOINT);
    assertThat(Configuration.decode(Configuration.of(OLD).encode()))
        .isEqualTo(Configuration.of(OLD));
    assertThat(JOINT).hasToString("[1 2 +3w +7r]->[3 4 5 +1r]");
  }

  @Test
  void aSetNeedsALeaderAndHasEachServerOnce() {
    assertThatThrownBy(() -> ReplicaSet.of(ids(), ids(1), ids()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ReplicaSet.of(ids(1), ids(), ids(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
