package io.meridiandb.placement.locationproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.gateway.Router.Leader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guesses about leaders are corrected by answers (protocol C5). */
class LocationProxyTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);

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
}
