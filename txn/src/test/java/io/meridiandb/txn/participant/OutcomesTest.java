package io.meridiandb.txn.participant;

import static io.meridiandb.txn.participant.Calls.delete;
import static io.meridiandb.txn.participant.Calls.insert;
import static io.meridiandb.txn.participant.Calls.put;
import static io.meridiandb.txn.participant.Calls.read;
import static io.meridiandb.txn.participant.Calls.resolve;
import static io.meridiandb.txn.participant.Calls.txn;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.HorizonEntry;
import io.meridiandb.txn.proto.OutcomesImage;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.Write;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Every transaction is done once and ends one way, and anybody may ask which (T34-T38). */
class OutcomesTest extends ParticipantScenario {
  @Test
  void aCommitSentAgainGetsTheSameAnswer() { // reliability T34, D17
    CommitCall call = autocommit(txn(1), insert("a", "1"));
    long first = committed(call).getCommitTimestampNanos();
    assertThat(committed(call).getCommitTimestampNanos()).isEqualTo(first);
    leader = group.changeLeader(1, 0);
    assertThat(committed(call).getCommitTimestampNanos()).isEqualTo(first);
    assertThat(group.log).hasSize(1);
  }

  @Test
  void aCommitSentAgainWhileItRunsIsDoneOnce() {
    CommitCall call = autocommit(txn(1), put("a", "1"));
    leader.commit(call, commits::add);
    leader.commit(call, commits::add);
    group.settle();
    assertThat(commits).hasSize(1);
    assertThat(group.log).hasSize(1);
  }

  @Test
  void theOutcomesSurviveInACheckpoint() { // G25
    CommitCall call = autocommit(txn(1), insert("a", "1"));
    long first = committed(call).getCommitTimestampNanos();
    Participant restarted = group.replicas.get(1).participant;
    restarted.restore(group.replicas.get(0).participant.image());
    leader = group.changeLeader(1, 0);
    assertThat(committed(call).getCommitTimestampNanos()).isEqualTo(first);
  }

  @Test
  void aFailedConditionIsFinalEvenIfItHoldsLater() { // G12, H 18
    committed(autocommit(txn(1), insert("a", "1")));
    CommitCall late = autocommit(txn(2), insert("a", "2"));
    assertThat(committed(late).getRefusal().getReason()).isEqualTo(Reason.CONDITION_FAILED);
    committed(autocommit(txn(3), delete("a")));
    assertThat(committed(late).getRefusal().getReason()).isEqualTo(Reason.CONDITION_FAILED);
    leader = group.changeLeader(1, 0);
    assertThat(committed(late).getRefusal().getReason()).isEqualTo(Reason.WRONG_EPOCH);
    assertThat(rows(got(read(KeyRange.ALL)))).isEmpty();
  }

  @Test
  void aLargeCommitIsSeveralEntriesAndStillOneCommit() {
    Write[] large = new Write[5];
    for (int i = 0; i < large.length; i++) {
      large[i] = put("k" + i, "v".repeat(TxnLimits.ENTRY_BYTES_MAX / 2));
    }
    CommitCall call = autocommit(txn(1), large);
    assertThat(committed(call).hasRefusal()).isFalse();
    assertThat(group.log).hasSize(5);
    assertThat(group.replicas.get(2).versions).hasSize(5);
    assertThat(committed(call).hasRefusal()).isFalse();
    assertThat(group.log).hasSize(5);
  }

  @Test
  void aCommitWaitsUntilTheLogHasRoomForAllOfIt() {
    group.unchosenMax = 3;
    Write[] large = new Write[3];
    for (int i = 0; i < large.length; i++) {
      large[i] = put("k" + i, "v".repeat(TxnLimits.ENTRY_BYTES_MAX / 2));
    }
    leader.commit(autocommit(txn(1), put("a", "1")), commits::add);
    leader.commit(autocommit(txn(2), large), commits::add); // needs three entries, two are free
    group.run();
    assertThat(group.unchosenCount()).isEqualTo(3);
    group.settle();
    group.advance(Duration.ofMillis(30));
    group.settle();
    assertThat(commits).hasSize(2).noneMatch(CommitReply::hasRefusal);
    assertThat(group.replicas.get(1).versions).hasSize(4);
  }

  @Test
  void partsWithoutTheirCommitAreNothing() {
    Write[] large = new Write[4];
    for (int i = 0; i < large.length; i++) {
      large[i] = put("k" + i, "v".repeat(TxnLimits.ENTRY_BYTES_MAX / 2));
    }
    CommitCall call = autocommit(txn(1), large);
    leader.commit(call, commits::add);
    group.run();
    leader = group.changeLeader(1, 2); // two parts of four entries are found
    assertThat(group.replicas.get(0).versions).isEmpty();
    committed(autocommit(txn(2), put("x", "1")));
    Participant restarted = group.replicas.get(2).participant;
    restarted.restore(group.replicas.get(0).participant.image());
    assertThat(committed(autocommit(txn(1), large)).hasRefusal()).isFalse();
    assertThat(group.replicas.get(2).versions).hasSize(5);
  }

  @Test
  void aCheckpointBetweenPartsAndCommitLosesNothing() { // G25
    Write[] large = new Write[4];
    for (int i = 0; i < large.length; i++) {
      large[i] = put("k" + i, "v".repeat(TxnLimits.ENTRY_BYTES_MAX / 2));
    }
    leader.commit(autocommit(txn(1), large), commits::add);
    group.run();
    group.chooseOne();
    Participant follower = group.replicas.get(1).participant;
    follower.restore(follower.image());
    group.settle();
    assertThat(commits.getFirst().hasRefusal()).isFalse();
    assertThat(group.replicas.get(1).versions).hasSize(4);
  }

  @Test
  void anEntryThatTheNextLeaderAdoptsIsCommittedOnce() { // T34
    CommitCall call = autocommit(txn(1), put("a", "1"));
    leader.commit(call, commits::add);
    group.run();
    leader = group.changeLeader(1, 1);
    assertThat(commits.getFirst().getRefusal().getReason()).isEqualTo(Reason.NOT_LEADER);
    CommitReply again = committed(call);
    assertThat(again.hasRefusal()).isFalse();
    assertThat(group.log).hasSize(1);
  }

  @Test
  void anEntryThatIsLostWithItsLeaderIsDoneByTheNext() {
    leader.commit(autocommit(txn(1), put("a", "1")), commits::add);
    group.run();
    leader = group.changeLeader(1, 0);
    assertThat(committed(autocommit(txn(1), put("a", "1"))).hasRefusal()).isFalse();
    assertThat(group.log).hasSize(1);
  }

  @Test
  void resolveEndsWhatHasNotEnded() { // C3 recovery, T35, T38
    leader.resolve(resolve(txn(1)), resolves::add);
    group.settle();
    assertThat(resolves.getLast().getCommitted()).isFalse();
    assertThat(resolves.getLast().hasRefusal()).isFalse();
    CommitCall late = autocommit(txn(1), put("a", "1"));
    assertThat(committed(late).getRefusal().getReason()).isEqualTo(Reason.ABORTED);
    TxnId secondAttempt = new TxnId(1, 1, 1, 2);
    assertThat(committed(autocommit(secondAttempt, put("a", "1"))).getRefusal().getReason())
        .isEqualTo(Reason.ABORTED);
    leader = group.changeLeader(1, 0);
    assertThat(committed(autocommit(secondAttempt, put("a", "1"))).getRefusal().getReason())
        .isEqualTo(Reason.ABORTED);
  }

  @Test
  void resolveTellsOfACommitAndWaitsForOneUnderWay() {
    leader.commit(autocommit(txn(1), put("a", "1")), commits::add);
    leader.resolve(resolve(txn(1)), resolves::add);
    group.settle();
    assertThat(resolves.getLast().getCommitted()).isTrue();
    assertThat(resolves.getLast().getCommitTimestampNanos())
        .isEqualTo(commits.getLast().getCommitTimestampNanos());
  }

  @Test
  void aCommitThatArrivesWhileItsRefusalIsAppendedIsRefused() {
    leader.resolve(resolve(txn(1)), resolves::add);
    group.run();
    leader.commit(autocommit(txn(1), put("a", "1")), commits::add);
    group.settle();
    assertThat(commits.getLast().getRefusal().getReason()).isEqualTo(Reason.ABORTED);
    assertThat(group.log).hasSize(1);
  }

  @Test
  void anotherAttemptOfACommittedSequenceIsRefused() { // G11, H 17
    committed(autocommit(txn(1), put("a", "1")));
    TxnId second = new TxnId(1, 1, 1, 2);
    assertThat(committed(autocommit(second, put("a", "2"))).getRefusal().getReason())
        .isEqualTo(Reason.ABORTED);
  }

  @Test
  void acknowledgedSequencesAreForgottenAndCannotComeBack() { // G14, H 22
    CommitCall first = autocommit(txn(1), put("a", "1"));
    committed(first);
    committed(autocommit(txn(2), put("a", "2")).toBuilder().setAckedSequence(1).build());
    assertThat(committed(first).getRefusal().getReason()).isEqualTo(Reason.EXPIRED);
    leader.resolve(resolve(txn(1)), resolves::add);
    group.settle();
    assertThat(resolves.getLast().getRefusal().getReason()).isEqualTo(Reason.EXPIRED);
  }

  @Test
  void behindTheHorizonNothingIsCommittedAndNothingIsCalledAborted() { // G13, H 19, H 23
    leader.tick(); // nothing is old: it looks again when a minute has passed
    CommitCall first = autocommit(txn(1), put("a", "1"));
    committed(first);
    CommitCall never = autocommit(txn(2), put("a", "2"));
    group.advance(TxnLimits.OUTCOME_RETENTION.plusMinutes(2));
    leader.tick();
    group.settle();
    assertThat(leader.horizon()).isGreaterThan(new Timestamp(first.getCommitStartNanos()));
    assertThat(committed(first).getRefusal().getReason()).isEqualTo(Reason.EXPIRED);
    assertThat(committed(never).getRefusal().getReason()).isEqualTo(Reason.EXPIRED);
    leader.resolve(resolve(txn(1)), resolves::add);
    group.settle();
    assertThat(resolves.getLast().getRefusal().getReason()).isEqualTo(Reason.EXPIRED);
  }

  @Test
  void aCommitBehindAHorizonThatIsOnlyAppendedIsRefused() {
    committed(autocommit(txn(1), put("a", "1")));
    CommitCall late = autocommit(txn(2), put("a", "2"));
    group.advance(TxnLimits.OUTCOME_RETENTION.plusMinutes(2));
    leader.tick();
    leader.commit(late, commits::add);
    assertThat(commits.getLast().getRefusal().getReason()).isEqualTo(Reason.EXPIRED);
  }

  @Test
  void horizonEntriesAreReplicatedState() throws Exception {
    OutcomeTable table = new OutcomeTable();
    table.apply(HorizonEntry.newBuilder().setHorizonNanos(5).build());
    OutcomeTable copy = new OutcomeTable();
    copy.restore(OutcomesImage.parseFrom(table.image()));
    assertThat(copy.horizon()).isEqualTo(new Timestamp(5));
    assertThat(copy.mayCommit(txn(1), new Timestamp(5))).isFalse();
    assertThat(copy.mayCommit(txn(1), new Timestamp(6))).isTrue();
  }
}
