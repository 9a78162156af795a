package io.meridiandb.txn.participant;

import static io.meridiandb.txn.participant.Calls.commit;
import static io.meridiandb.txn.participant.Calls.delete;
import static io.meridiandb.txn.participant.Calls.holding;
import static io.meridiandb.txn.participant.Calls.insert;
import static io.meridiandb.txn.participant.Calls.key;
import static io.meridiandb.txn.participant.Calls.put;
import static io.meridiandb.txn.participant.Calls.read;
import static io.meridiandb.txn.participant.Calls.require;
import static io.meridiandb.txn.participant.Calls.txn;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.codec.SystemRows;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.key.SystemKeys;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.KeepAlive;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.RollbackNotice;
import io.meridiandb.txn.proto.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads, locks and commits of one group at their leader, rule by rule. */
class ParticipantTest extends ParticipantScenario {
  @Test
  void aCommitIsReadOnEveryReplica() {
    CommitReply reply = committed(autocommit(txn(1), put("a", "1"), put("b", "2")));
    assertThat(reply.hasRefusal()).isFalse();
    assertThat(rows(got(read(KeyRange.ALL)))).containsExactly("a=1", "b=2");
    leader = group.changeLeader(2, 0);
    assertThat(rows(got(read(KeyRange.ALL)))).containsExactly("a=1", "b=2");
  }

  @Test
  void aCommitIsAnsweredAfterItIsChosenAndItsTimestampHasPassed() { // commit wait, G18
    group.epsilonNanos = Duration.ofMillis(5).toNanos();
    leader.commit(autocommit(txn(1), put("a", "1")), commits::add);
    group.run();
    assertThat(commits).isEmpty();
    group.chooseOne();
    group.run();
    assertThat(commits).isEmpty();
    group.advance(Duration.ofMillis(11));
    assertThat(commits).hasSize(1);
    assertThat(commits.getFirst().getCommitTimestampNanos())
        .isLessThan(group.interval().earliest().nanos());
  }

  @Test
  void aReadWaitsUntilWhatItSawHasPassed() { // G18: applied is not yet past for everybody
    group.epsilonNanos = Duration.ofMillis(5).toNanos();
    leader.commit(autocommit(txn(1), put("a", "1")), commits::add);
    group.run();
    group.chooseOne();
    leader.read(read(KeyRange.ALL), reads::add);
    group.run();
    assertThat(reads).isEmpty();
    group.advance(Duration.ofMillis(11));
    assertThat(rows(reads.getFirst())).containsExactly("a=1");
  }

  @Test
  void aReadWaitsForUnappliedWritesBelowItThatMeetItAndForNoOthers() { // C4
    leader.commit(autocommit(txn(1), put("a", "1")), commits::add);
    group.run();
    group.advance(Duration.ofMillis(1));
    leader.read(read(KeyRange.point(key("b"))), reads::add);
    assertThat(reads).hasSize(1);
    leader.read(read(KeyRange.point(key("a"))), reads::add);
    assertThat(reads).hasSize(1);
    group.settle();
    assertThat(rows(reads.get(1))).containsExactly("a=1");
  }

  @Test
  void noWriteSlipsUnderAReadTimestamp() { // G19: the clock stands still between the two
    group.epsilonNanos = Duration.ofMillis(5).toNanos();
    leader.read(read(KeyRange.ALL), reads::add);
    leader.commit(autocommit(txn(1), put("a", "1")), commits::add);
    group.settle();
    assertThat(commits.getFirst().getCommitTimestampNanos())
        .isGreaterThan(reads.getFirst().getReadTimestampNanos());
  }

  @Test
  void requireLooksAtRowsAndDoesNotWriteThem() {
    assertThat(committed(autocommit(txn(1), require("p"), put("pa", "1"))).getRefusal().getReason())
        .isEqualTo(Reason.CONDITION_FAILED);
    committed(autocommit(txn(2), put("p", "1")));
    assertThat(committed(autocommit(txn(3), require("p"), put("pa", "1"))).hasRefusal()).isFalse();
    assertThat(rows(got(read(KeyRange.ALL)))).containsExactly("p=1", "pa=1");
  }

  @Test
  void locksAreKeptUntilTheEntryIsApplied() {
    leader.commit(autocommit(txn(1), insert("a", "1")), commits::add);
    List<CommitReply> second = new ArrayList<>();
    leader.commit(autocommit(txn(2), insert("a", "2")), second::add);
    group.run();
    assertThat(group.unchosenCount()).isEqualTo(1);
    assertThat(second).isEmpty();
    group.settle();
    assertThat(commits.getFirst().hasRefusal()).isFalse();
    assertThat(second.getFirst().getRefusal().getReason()).isEqualTo(Reason.CONDITION_FAILED);
  }

  @Test
  void aTransactionWhoseLeaderIsGoneDoesNotCommit() { // D5
    long grant = lock(txn(1), LockMode.SHARED, "a", "b");
    long epoch = group.epoch();
    leader = group.changeLeader(1, 0);
    CommitReply reply =
        committed(commit(holding(txn(1), epoch, grant), group.nowNanos, put("a", "1")));
    assertThat(reply.getRefusal().getReason()).isEqualTo(Reason.WRONG_EPOCH);
    leader = group.changeLeader(0, 0); // the same server, in a new epoch, has forgotten the lock
    reply = committed(commit(holding(txn(1), group.epoch(), grant), group.nowNanos, put("a", "1")));
    assertThat(reply.getRefusal().getReason()).isEqualTo(Reason.LOCKS_LOST);
  }

  @Test
  void aLateDuplicateAtTheNextLeaderDoesNotBringOldLocksBack() { // D5, G11
    long grant = lock(txn(1), LockMode.SHARED, "a", "b");
    long epoch = group.epoch();
    leader = group.changeLeader(1, 0);
    assertThat(lock(txn(1), LockMode.SHARED, "a", "b")).isEqualTo(grant); // the same number, new
    ReadReply reply =
        got(read(new KeyRange(key("c"), key("d")), LockMode.SHARED, holding(txn(1), epoch, grant)));
    assertThat(reply.getRefusal().getReason()).isEqualTo(Reason.LOCKS_LOST);
  }

  @Test
  void aWoundedTransactionDoesNotCommit() { // T43
    long grant = lock(txn(5), LockMode.SHARED, "a", "b");
    lock(txn(4), LockMode.EXCLUSIVE, "a", "b");
    CommitReply reply =
        committed(commit(holding(txn(5), group.epoch(), grant), group.nowNanos, put("z", "1")));
    assertThat(reply.getRefusal().getReason()).isEqualTo(Reason.WOUNDED);
  }

  @Test
  void anAutocommitThatIsWoundedInTheQueueGoesOnByItself() {
    lock(txn(3), LockMode.EXCLUSIVE, "a", "b");
    lock(txn(9), LockMode.SHARED, "y", "z");
    leader.commit(autocommit(txn(5), put("z", "5"), put("a", "5")), commits::add); // has z, wants a
    lock(txn(4), LockMode.EXCLUSIVE, "z", "zz"); // wounds 5
    group.run();
    leader.rollback(
        RollbackNotice.newBuilder().setHolding(holding(txn(3), group.epoch(), 1)).build());
    group.settle();
    assertThat(commits).isEmpty();
    leader.rollback(
        RollbackNotice.newBuilder().setHolding(holding(txn(4), group.epoch(), grantOf(4))).build());
    group.settle();
    assertThat(commits).hasSize(1);
    assertThat(commits.getFirst().hasRefusal()).isFalse();
  }

  /** The notice overtakes a request: locks of nobody stood in the way of all (sweep, seed 56). */
  @Test
  void whatWasTakenBackIsNotGrantedWhenItArrives() {
    leader.rollback(
        RollbackNotice.newBuilder().setHolding(holding(txn(3), group.epoch(), 0)).build());
    leader.read(
        read(KeyRange.ALL).toBuilder()
            .setHolding(holding(txn(3), group.epoch(), 0))
            .setLock(LockMode.EXCLUSIVE.ordinal())
            .build(),
        reads::add);
    group.settle();
    assertThat(reads.getFirst().getRefusal().getReason()).isEqualTo(Reason.LOCKS_LOST);
    leader.commit(autocommit(txn(5), put("a", "5")), commits::add);
    group.settle();
    assertThat(commits).hasSize(1);
  }

  private long grantOf(long sequence) {
    return lock(txn(sequence), LockMode.SHARED, "q", "r");
  }

  @Test
  void aReadingTransactionCommitsWithoutAnEntry() {
    long grant = lock(txn(1), LockMode.SHARED, "a", "b");
    CommitReply reply = committed(commit(holding(txn(1), group.epoch(), grant), group.nowNanos));
    assertThat(reply.hasRefusal()).isFalse();
    assertThat(group.log).isEmpty();
    CommitReply write = committed(autocommit(txn(2), put("a", "1")));
    assertThat(write.getCommitTimestampNanos()).isGreaterThan(reply.getCommitTimestampNanos());
  }

  @Test
  void silenceLosesTheLocksAndKeepAliveKeepsThem() { // C2: 5 s
    long grant = lock(txn(1), LockMode.SHARED, "a", "b");
    long other = lock(txn(2), LockMode.SHARED, "a", "b");
    group.advance(Duration.ofSeconds(4));
    leader.keepAlive(
        KeepAlive.newBuilder().addHoldings(holding(txn(1), group.epoch(), grant)).build(),
        reply -> {});
    group.advance(Duration.ofSeconds(4));
    leader.tick();
    assertThat(
            committed(commit(holding(txn(2), group.epoch(), other), group.nowNanos, put("a", "2")))
                .getRefusal()
                .getReason())
        .isEqualTo(Reason.LOCKS_LOST);
    assertThat(
            committed(commit(holding(txn(1), group.epoch(), grant), group.nowNanos, put("a", "1")))
                .hasRefusal())
        .isFalse();
  }

  @Test
  void readsBelowTheKeptVersionsAreRefused() { // D20
    group.storeHorizon = new Timestamp(group.nowNanos);
    ReadReply reply =
        got(read(KeyRange.ALL).toBuilder().setReadTimestampNanos(group.nowNanos - 1).build());
    assertThat(reply.getRefusal().getErrorCode()).isEqualTo("SNAPSHOT_TOO_OLD");
    assertThat(
            got(read(KeyRange.ALL).toBuilder().setReadTimestampNanos(group.nowNanos).build())
                .hasRefusal())
        .isFalse();
  }

  @Test
  void aReadOfTheNearFutureWaitsAndOneOfTheFarFutureIsRefused() { // G19, H 31
    long soon = group.nowNanos + Duration.ofSeconds(1).toNanos();
    leader.read(read(KeyRange.ALL).toBuilder().setReadTimestampNanos(soon).build(), reads::add);
    group.run();
    assertThat(reads).isEmpty();
    assertThat(group.lastTs).isLessThan(new Timestamp(soon));
    group.advance(Duration.ofSeconds(1));
    assertThat(reads).hasSize(1);
    long far = group.nowNanos + Duration.ofSeconds(11).toNanos();
    ReadReply reply = got(read(KeyRange.ALL).toBuilder().setReadTimestampNanos(far).build());
    assertThat(reply.getRefusal().getErrorCode()).isEqualTo("INVALID_PARAMETER_VALUE");
  }

  @Test
  void olderVersionsAreReadAtOlderTimestamps() {
    long first = committed(autocommit(txn(1), put("a", "1"))).getCommitTimestampNanos();
    committed(autocommit(txn(2), delete("a")));
    assertThat(rows(got(read(KeyRange.ALL)))).isEmpty();
    assertThat(rows(got(read(KeyRange.ALL).toBuilder().setReadTimestampNanos(first).build())))
        .containsExactly("a=1");
    assertThat(rows(got(read(KeyRange.ALL).toBuilder().setReadTimestampNanos(first - 1).build())))
        .isEmpty();
  }

  @Test
  void aLongReadComesInPieces() {
    committed(autocommit(txn(1), put("a", "1"), put("b", "2"), put("c", "3"), put("d", "4")));
    ReadCall call =
        read(new KeyRange(key("a"), key("c"))).toBuilder()
            .addRanges(Protos.range(new KeyRange(key("c"), null)))
            .setRowsMax(1)
            .build();
    ReadReply reply = got(call);
    assertThat(rows(reply)).containsExactly("a=1");
    assertThat(reply.getMore()).isTrue();
    assertThat(reply.getNextRange()).isZero();
    assertThat(Protos.key(reply.getNextKey())).isEqualTo(key("a").successor());
    ReadReply reversed = got(call.toBuilder().setReverse(true).build());
    assertThat(rows(reversed)).containsExactly("b=2");
    assertThat(Protos.key(reversed.getNextKey())).isEqualTo(key("b"));
  }

  @Test
  void requestsOfAnOldSchemaAreRefusedAndTheirLocksStay() { // G15
    SchemaVersion one = new SchemaVersion(1);
    Write ddl =
        Write.newBuilder()
            .setKey(Protos.bytes(SystemKeys.SCHEMA_VERSION))
            .setAction(Write.Action.PUT)
            .setValue(ByteString.copyFrom(SystemRows.encode(one)))
            .build();
    long grant = lock(txn(1), LockMode.SHARED, "a", "b");
    long before = group.nowNanos - 1;
    committed(autocommit(txn(2), ddl));
    CommitCall old =
        commit(holding(txn(1), group.epoch(), grant), group.nowNanos, put("a", "1")).toBuilder()
            .setSchemaVersion(0)
            .build();
    CommitReply refused = committed(old);
    assertThat(refused.getRefusal().getReason()).isEqualTo(Reason.SCHEMA_CHANGED);
    assertThat(refused.getRefusal().getSchemaVersion()).isEqualTo(1);
    assertThat(committed(old.toBuilder().setSchemaVersion(1).build()).hasRefusal()).isFalse();
    ReadCall read = read(KeyRange.point(key("a"))).toBuilder().setSchemaVersion(0).build();
    assertThat(got(read).getRefusal().getReason()).isEqualTo(Reason.SCHEMA_CHANGED);
    assertThat(got(read.toBuilder().setReadTimestampNanos(before).build()).hasRefusal()).isFalse();
  }

  @Test
  void commitsAndReadsWaitForASchemaChangeThatIsAppended() {
    Write ddl =
        Write.newBuilder()
            .setKey(Protos.bytes(SystemKeys.SCHEMA_VERSION))
            .setAction(Write.Action.PUT)
            .setValue(ByteString.copyFrom(SystemRows.encode(new SchemaVersion(1))))
            .build();
    leader.commit(autocommit(txn(1), ddl), commits::add);
    group.run();
    group.advance(Duration.ofMillis(1));
    List<CommitReply> old = new ArrayList<>();
    leader.commit(
        autocommit(txn(2), put("a", "1")).toBuilder().setSchemaVersion(0).build(), old::add);
    leader.read(read(KeyRange.point(key("a"))).toBuilder().setSchemaVersion(0).build(), reads::add);
    group.run();
    assertThat(group.unchosenCount()).isEqualTo(1);
    assertThat(reads).isEmpty();
    group.settle();
    assertThat(old.getFirst().getRefusal().getReason()).isEqualTo(Reason.SCHEMA_CHANGED);
    assertThat(reads.getLast().getRefusal().getReason()).isEqualTo(Reason.SCHEMA_CHANGED);
  }

  @Test
  void withoutALeaseNothingIsServed() { // G4, D2
    group.leaseValid = false;
    assertThat(got(read(KeyRange.ALL)).getRefusal().getReason()).isEqualTo(Reason.NOT_LEADER);
    assertThat(committed(autocommit(txn(1), put("a", "1"))).getRefusal().getReason())
        .isEqualTo(Reason.NOT_LEADER);
  }

  @Test
  void tooManyWritesAreRefused() {
    CommitCall.Builder call = autocommit(txn(1)).toBuilder();
    for (int i = 0; i <= TxnLimits.MUTATIONS_MAX; i++) {
      call.addWrites(put("k" + i, "v"));
    }
    assertThat(committed(call.build()).getRefusal().getErrorCode())
        .isEqualTo("PROGRAM_LIMIT_EXCEEDED");
  }

  @Test
  void aReplicaThatDoesNotLeadNamesWhoDoes() {
    group.replicas.get(1).participant.read(read(KeyRange.ALL), reads::add);
    assertThat(reads.getLast().getRefusal().getReason()).isEqualTo(Reason.NOT_LEADER);
    assertThat(reads.getLast().getRefusal().getLeader()).isEqualTo(1);
  }
}
