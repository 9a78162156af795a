package io.meridiandb.txn.participant;

import static io.meridiandb.txn.participant.Calls.put;
import static io.meridiandb.txn.participant.Calls.read;
import static io.meridiandb.txn.participant.Calls.txn;
import static io.meridiandb.txn.participant.TwoGroupsScenario.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads at replicas that do not lead (protocol C4, G18, G20). */
class FollowerReadsTest {
  private final TwoGroupsScenario two = new TwoGroupsScenario();
  private final FakeGroup a = two.a;
  private final FakeGroup.FakeReplica follower = a.replicas.get(1);

  private List<ReadReply> begin(Timestamp at) {
    List<ReadReply> replies = new ArrayList<>();
    follower.participant.read(
        read(KeyRange.ALL).toBuilder()
            .setReadTimestampNanos(at.nanos())
            .setFollowerAllowed(true)
            .build(),
        replies::add);
    a.run();
    return replies;
  }

  @Test
  void itWaitsUntilItsTimestampIsClosed() {
    two.committed(a, txn(1), put("a", "1"));
    Timestamp at = a.interval().latest();
    List<ReadReply> replies = begin(at);
    assertThat(replies).isEmpty();
    follower.close(at);
    assertThat(rows(replies.getFirst())).containsExactly("a=1");
    assertThat(rows(begin(at).getFirst())).as("at once when it is closed").hasSize(1);
  }

  @Test
  void itSendsWhoHasWaitedLongEnoughToTheLeader() {
    List<ReadReply> replies = begin(a.interval().latest());
    a.advance(Duration.ofSeconds(1));
    assertThat(replies.getFirst().getRefusal().getReason()).isEqualTo(Reason.NOT_LEADER);
    assertThat(replies.getFirst().getRefusal().getLeader()).isEqualTo(1);
    follower.close(a.interval().latest());
    assertThat(replies).hasSize(1);
  }

  @Test
  void itWaitsForWhatIsPreparedBelowItsTimestamp() {
    long p = two.vote(a, txn(1), put("a", "1"));
    Timestamp at = new Timestamp(p + 1_000_000);
    two.settle();
    follower.close(at);
    assertThat(rows(begin(new Timestamp(p - 1)).getFirst())).isEmpty();
    List<ReadReply> blocked = begin(at);
    assertThat(blocked).isEmpty();
    two.told(a, txn(1), true, p + 500_000);
    assertThat(rows(blocked.getFirst())).containsExactly("a=1");
  }

  @Test
  void whatItDoesNotKeepAnyMoreIsRefused() {
    a.storeHorizon = a.interval().latest();
    follower.close(a.interval().latest());
    assertThat(
            begin(new Timestamp(a.storeHorizon.nanos() - 1)).getFirst().getRefusal().getErrorCode())
        .isEqualTo("SNAPSHOT_TOO_OLD");
  }

  @Test
  void withoutLeaveOnlyTheLeaderAnswers() {
    follower.close(a.interval().latest());
    List<ReadReply> replies = new ArrayList<>();
    follower.participant.read(
        read(KeyRange.ALL).toBuilder().setReadTimestampNanos(a.interval().latest().nanos()).build(),
        replies::add);
    a.run();
    assertThat(replies.getFirst().getRefusal().getReason()).isEqualTo(Reason.NOT_LEADER);
  }
}
