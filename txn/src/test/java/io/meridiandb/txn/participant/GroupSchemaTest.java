package io.meridiandb.txn.participant;

import static io.meridiandb.txn.participant.Calls.holding;
import static io.meridiandb.txn.participant.Calls.put;
import static io.meridiandb.txn.participant.Calls.read;
import static io.meridiandb.txn.participant.Calls.txn;
import static io.meridiandb.txn.participant.TwoGroupsScenario.BOTH;
import static io.meridiandb.txn.participant.TwoGroupsScenario.leaderOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.codec.SystemRows;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each group goes by its own copy of the schema's version, as of the commit's timestamp. */
class GroupSchemaTest {
  private static final long OLD = SchemaVersion.INITIAL.value();

  private final TwoGroupsScenario two = new TwoGroupsScenario();
  private final FakeGroup a = two.a;

  private static Write schemaVersion(long group, long version) {
    return Write.newBuilder()
        .setKey(Protos.bytes(GroupKeys.schemaVersion(new GroupId(group))))
        .setAction(Write.Action.PUT)
        .setValue(UnsafeByteOperations.unsafeWrap(SystemRows.encode(new SchemaVersion(version))))
        .build();
  }

  private List<CommitReply> commitOf(long sequence, long version, Write write) {
    List<CommitReply> replies = new ArrayList<>();
    leaderOf(a)
        .commit(
            Calls.commit(holding(txn(sequence), a.epoch(), 0), a.nowNanos, write).toBuilder()
                .setSchemaVersion(version)
                .setAnchor(1)
                .build(),
            replies::add);
    two.settle();
    return replies;
  }

  private List<PrepareReply> prepareOf(long sequence, long version, Write write) {
    List<PrepareReply> replies = new ArrayList<>();
    leaderOf(a)
        .prepare(
            Calls.prepare(holding(txn(sequence), a.epoch(), 0), a.nowNanos, BOTH, write).toBuilder()
                .setSchemaVersion(version)
                .build(),
            replies::add);
    two.settle();
    return replies;
  }

  @Test
  void aChangeIsSeenByTheGroupThatHasIt() {
    assertThat(two.committed(a, txn(1), schemaVersion(1, OLD + 1)).hasRefusal()).isFalse();
    assertThat(commitOf(2, OLD, put("a", "1")).getFirst().getRefusal().getReason())
        .isEqualTo(Reason.SCHEMA_CHANGED);
    assertThat(prepareOf(3, OLD, put("a", "1")).getFirst().getRefusal().getReason())
        .isEqualTo(Reason.SCHEMA_CHANGED);
    assertThat(commitOf(4, OLD + 1, put("a", "1")).getFirst().hasRefusal()).isFalse();
    assertThat(two.prepared(two.b, txn(5), put("b", "1")).hasVote()).isTrue();
  }

  @Test
  void whatIsPreparedWithAVersionKeepsTheSchemaUntilItsOutcome() { // attack 25: checked at s
    long p = prepareOf(1, OLD, put("a", "1")).getFirst().getVote().getPreparedNanos();
    a.changeLeader(1, 0); // the lock on the version is taken again from the record
    List<CommitReply> change = two.beginCommit(a, txn(2), schemaVersion(1, OLD + 1));
    two.settle();
    assertThat(change).isEmpty();
    two.told(a, txn(1), true, p + 1_000_000);
    two.settle();
    assertThat(change.getFirst().getCommitTimestampNanos()).isGreaterThan(p + 1_000_000);
  }

  @Test
  void aVoteWithoutOutcomeKeepsTheSchemaUntilItsLeaseHasEnded() { // sweep, seed 422
    two.b.leader = null; // cannot be asked how the transaction ends
    long leaseEnd = prepareOf(1, OLD, put("a", "1")).getFirst().getVote().getLeaseEndNanos();
    List<CommitReply> change = two.beginCommit(a, txn(2), schemaVersion(1, OLD + 1));
    two.pass(Duration.ofSeconds(2));
    assertThat(change.getFirst().getRefusal().getReason()).isEqualTo(Reason.WAITING);
    assertThat(leaderOf(a).lockHolders()).isEqualTo(2);
    two.pass(Duration.ofSeconds(3));
    assertThat(leaderOf(a).lockHolders()).isOne();
    assertThat(two.committed(a, txn(2), schemaVersion(1, OLD + 1)).getCommitTimestampNanos())
        .isGreaterThan(leaseEnd);
    assertThat(two.told(a, txn(1), true, leaseEnd).hasRefusal()).isFalse();
  }

  @Test
  void aNewLeaderFindsBothTheVoteAndTheChangeThatDidNotWaitForIt() {
    two.b.leader = null;
    prepareOf(1, OLD, put("a", "1"));
    two.pass(Duration.ofSeconds(5));
    long p = two.vote(a, txn(2), schemaVersion(1, OLD + 1));
    a.changeLeader(1, 0);
    two.settle();
    assertThat(commitOf(3, OLD, put("c", "1"))).isEmpty();
    two.told(a, txn(2), true, p);
    two.settle();
    assertThat(commitOf(4, OLD + 1, put("d", "1")).getFirst().hasRefusal()).isFalse();
    assertThat(leaderOf(a).preparedCount()).isOne();
  }

  @Test
  void whileAChangeIsPreparedNobodyKnowsWhichVersionHolds() {
    long p = two.vote(a, txn(1), schemaVersion(1, OLD + 1));
    List<CommitReply> commit = commitOf(2, OLD, put("a", "1"));
    List<ReadReply> reads = new ArrayList<>();
    leaderOf(a).read(read(KeyRange.ALL).toBuilder().setSchemaVersion(OLD).build(), reads::add);
    two.settle();
    assertThat(commit).isEmpty();
    assertThat(reads).isEmpty();
    two.told(a, txn(1), true, p);
    two.settle();
    assertThat(commit.getFirst().getRefusal().getReason()).isEqualTo(Reason.SCHEMA_CHANGED);
    assertThat(reads.getFirst().getRefusal().getReason()).isEqualTo(Reason.SCHEMA_CHANGED);
  }
}
