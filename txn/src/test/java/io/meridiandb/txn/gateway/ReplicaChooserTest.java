package io.meridiandb.txn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Guards where strong reads go: past a far leader, and only past one that is measured to be far.
 */
class ReplicaChooserTest {
  private static final ServerId HERE = new ServerId(1);
  private static final ServerId LEADER = new ServerId(2);

  private long nowNanos = Duration.ofHours(1).toNanos();

  private final Clocks clocks =
      new Clocks() {
        @Override
        public long wallNanos() {
          return nowNanos;
        }

        @Override
        public long bootNanos() {
          return nowNanos;
        }

        @Override
        public String bootId() {
          return "test";
        }
      };

  private final Router router =
      new Router() {
        @Override
        public GroupId locate(Key key) {
          return GroupId.ZERO;
        }

        @Override
        public GroupId locate(KeyRange range) {
          return GroupId.ZERO;
        }

        @Override
        public Leader leader(GroupId group) {
          return new Leader(LEADER, 1);
        }

        @Override
        public List<ServerId> replicas(GroupId group) {
          return List.of(HERE, LEADER);
        }

        @Override
        public boolean near(ServerId server) {
          return server.equals(HERE);
        }

        @Override
        public void learned(GroupId group, ServerId server, long epoch) {}

        @Override
        public void failed(GroupId group, ServerId server, @Nullable ServerId hint) {}
      };

  private final ReplicaChooser chooser = new ReplicaChooser(router, clocks);

  private void answered(Duration after) {
    long asked = nowNanos;
    nowNanos += after.toNanos();
    chooser.heard(LEADER, asked);
  }

  @Test
  void aLeaderOfWhichNothingIsMeasuredIsAskedItself() {
    assertThat(chooser.forStrong(GroupId.ZERO)).isNull();
  }

  @Test
  void aFarLeaderIsSparedAndANearOneIsNot() {
    answered(ReplicaChooser.FAR);
    assertThat(chooser.forStrong(GroupId.ZERO)).isEqualTo(HERE);
    answered(ReplicaChooser.FAR.minusNanos(1));
    assertThat(chooser.forStrong(GroupId.ZERO)).isNull();
    answered(Duration.ofSeconds(1)); // it waited for a lock
    assertThat(chooser.forStrong(GroupId.ZERO)).isNull();
  }

  @Test
  void aReplicaThatTakesLongerThanTheLeaderIsSparedForAWhile() { // writes that it must apply first
    answered(Duration.ofMillis(80));
    served(Duration.ofMillis(100));
    assertThat(chooser.forStrong(GroupId.ZERO)).isEqualTo(HERE);
    served(Duration.ofMillis(101));
    assertThat(chooser.forStrong(GroupId.ZERO)).isNull();
    assertThat(chooser.forStrong(new GroupId(1))).as("another group").isEqualTo(HERE);
    assertThat(chooser.forStale(GroupId.ZERO)).isEqualTo(HERE);
    nowNanos += ReplicaChooser.SILENCE.toNanos() + 1;
    assertThat(chooser.forStrong(GroupId.ZERO)).isEqualTo(HERE);
  }

  private void served(Duration after) {
    long asked = nowNanos;
    nowNanos += after.toNanos();
    chooser.served(GroupId.ZERO, HERE, asked);
  }

  @Test
  void aMeasurementGrowsOld() {
    answered(ReplicaChooser.FAR);
    nowNanos += Duration.ofSeconds(31).toNanos();
    assertThat(chooser.forStrong(GroupId.ZERO)).isNull();
  }

  @Test
  void readsOfThePastGoToTheNearest() {
    assertThat(chooser.forStale(GroupId.ZERO)).isEqualTo(HERE);
    chooser.silent(HERE);
    assertThat(chooser.forStale(GroupId.ZERO)).isEqualTo(LEADER);
  }
}
