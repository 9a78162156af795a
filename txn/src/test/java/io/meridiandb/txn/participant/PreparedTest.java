package io.meridiandb.txn.participant;

import static io.meridiandb.txn.participant.Calls.holding;
import static io.meridiandb.txn.participant.Calls.insert;
import static io.meridiandb.txn.participant.Calls.key;
import static io.meridiandb.txn.participant.Calls.put;
import static io.meridiandb.txn.participant.Calls.read;
import static io.meridiandb.txn.participant.Calls.require;
import static io.meridiandb.txn.participant.Calls.txn;
import static io.meridiandb.txn.participant.TwoGroupsScenario.BOTH;
import static io.meridiandb.txn.participant.TwoGroupsScenario.leaderOf;
import static io.meridiandb.txn.participant.TwoGroupsScenario.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.OutcomeReply;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.ResolveReply;
import io.meridiandb.txn.proto.VoteReply;
import io.meridiandb.txn.proto.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A group's part in transactions of several groups, step by step (protocol C3, G8, G12, G13). */
class PreparedTest {
  private final TwoGroupsScenario two = new TwoGroupsScenario();
  private final FakeGroup a = two.a;
  private final FakeGroup b = two.b;

  @Test
  void twoGroupsCommitAtTheLaterOfTheirVotes() {
    long atA = two.vote(a, txn(1), put("a", "1"));
    b.advance(Duration.ofMillis(5));
    long atB = two.vote(b, txn(1), put("b", "1"));
    assertThat(a.replicas.get(0).versions).as("not before the outcome").isEmpty();
    long s = Math.max(atA, atB);
    assertThat(two.told(a, txn(1), true, s).getChosen()).isTrue();
    assertThat(two.told(b, txn(1), true, s).getChosen()).isTrue();
    two.settle();
    assertThat(two.rows(a)).containsExactly("a=1");
    assertThat(two.rows(b)).containsExactly("b=1");
    assertThat(a.replicas.get(2).versions.get(key("a"))).containsOnlyKeys(new Timestamp(s));
  }

  @Test
  void aReadWaitsForThePreparedBelowItsTimestampAndForNothingElse() { // C4
    assertThat(two.committed(a, txn(9), put("a", "0")).hasRefusal()).isFalse();
    Timestamp before = a.interval().latest();
    two.settle();
    long p = two.vote(a, txn(1), put("a", "1"));
    assertThat(rows(two.beginRead(a, before).getFirst())).containsExactly("a=0");
    List<ReadReply> blocked = two.beginRead(a, new Timestamp(p));
    assertThat(blocked).isEmpty();
    List<ReadReply> elsewhere = new ArrayList<>();
    leaderOf(a).read(read(KeyRange.point(key("z"))), elsewhere::add);
    a.run();
    assertThat(rows(elsewhere.getFirst())).isEmpty();
    two.told(a, txn(1), true, p);
    assertThat(rows(blocked.getFirst())).containsExactly("a=1");
  }

  @Test
  void theLocksOfAVoteAreHeldUntilTheOutcomeWhoeverAsks() { // C2: it cannot be wounded
    long p = two.vote(a, txn(5), put("a", "1"));
    List<CommitReply> older = two.beginCommit(a, txn(2), put("a", "2"));
    List<CommitReply> younger = two.beginCommit(a, txn(8), put("a", "3"));
    two.settle();
    assertThat(older).isEmpty();
    assertThat(younger).isEmpty();
    two.told(a, txn(5), true, p + 5_000_000);
    two.settle();
    assertThat(older.getFirst().getCommitTimestampNanos()).isGreaterThan(p + 5_000_000);
    assertThat(younger.getFirst().getCommitTimestampNanos())
        .isGreaterThan(older.getFirst().getCommitTimestampNanos());
  }

  @Test
  void anAbortLeavesNothing() {
    two.vote(a, txn(1), put("a", "1"));
    List<CommitReply> next = two.beginCommit(a, txn(2), insert("a", "2"));
    assertThat(two.told(a, txn(1), false, 0).getChosen()).isTrue();
    two.settle();
    assertThat(next.getFirst().hasRefusal()).isFalse();
    assertThat(two.rows(a)).containsExactly("a=2");
    assertThat(two.prepared(a, txn(1), put("a", "1")).getRefusal().getReason())
        .isEqualTo(Reason.ABORTED);
  }

  @Test
  void anOutcomeToldTwiceIsLoggedOnce() { // G13
    long p = two.vote(a, txn(1), put("a", "1"));
    List<OutcomeReply> replies = new ArrayList<>();
    leaderOf(a).outcome(Calls.outcome(txn(1), true, p), replies::add);
    leaderOf(a).outcome(Calls.outcome(txn(1), true, p), replies::add);
    a.run();
    assertThat(replies).as("only when it is chosen").isEmpty();
    two.settle();
    leaderOf(a).outcome(Calls.outcome(txn(1), true, p), replies::add);
    two.settle();
    assertThat(replies).hasSize(3).allMatch(OutcomeReply::getChosen);
    assertThat(a.log).hasSize(2);
  }

  @Test
  void anImpossibleOutcomeIsNeverLogged() {
    long p = two.vote(a, txn(1), put("a", "1"));
    assertThat(two.told(a, txn(1), true, p - 1).getChosen()).isFalse();
    assertThat(two.told(a, txn(1), true, a.leaseEnd.nanos() + 1).getChosen()).isFalse();
    assertThat(leaderOf(a).preparedCount()).isEqualTo(1);
  }

  @Test
  void anAbortEndsAPrepareThatStillWaits() {
    two.vote(a, txn(5), put("a", "1"));
    List<PrepareReply> waits = two.begin(a, txn(2), 0, put("a", "2"));
    assertThat(waits).isEmpty();
    assertThat(two.told(a, txn(2), false, 0).getChosen()).isTrue();
    assertThat(waits.getFirst().getRefusal().getReason()).isEqualTo(Reason.ABORTED);
    two.told(a, txn(5), false, 0);
    assertThat(two.prepared(a, txn(2), put("a", "2")).hasRefusal()).as("for good").isTrue();
  }

  @Test
  void conditionsAreLookedAtUnderTheLocks() {
    two.committed(a, txn(1), put("a", "1"));
    assertThat(two.prepared(a, txn(2), insert("a", "2")).getRefusal().getReason())
        .isEqualTo(Reason.CONDITION_FAILED);
    assertThat(two.prepared(a, txn(3), require("x")).getRefusal().getReason())
        .isEqualTo(Reason.CONDITION_FAILED);
    assertThat(two.prepared(a, txn(4), require("a")).hasVote()).isTrue();
    List<CommitReply> waits = two.beginCommit(a, txn(5), Calls.delete("a"));
    two.settle();
    assertThat(waits).as("what must exist stays").isEmpty();
  }

  @Test
  void aReadingParticipantVotesUnderItsLocks() {
    long grant = two.lock(a, txn(1), LockMode.SHARED, "a", "m");
    List<PrepareReply> votes = two.begin(a, txn(1), grant);
    two.settle();
    assertThat(votes.getFirst().hasVote()).isTrue();
    List<CommitReply> waits = two.beginCommit(a, txn(2), put("b", "1"));
    two.settle();
    assertThat(waits).isEmpty();
    two.told(a, txn(1), true, votes.getFirst().getVote().getPreparedNanos());
    two.settle();
    assertThat(waits).hasSize(1);
  }

  @Test
  void aVoteWithoutItsLocksIsRefused() { // the epoch rule, C3
    long grant = two.lock(a, txn(5), LockMode.SHARED, "a", "m");
    two.committed(a, txn(2), put("b", "1")); // older: it wounds
    List<PrepareReply> votes = two.begin(a, txn(5), grant);
    two.settle();
    assertThat(votes.getFirst().getRefusal().getReason()).isEqualTo(Reason.WOUNDED);
    PrepareCall old = Calls.prepare(holding(txn(6), a.epoch(), 0), a.nowNanos, BOTH, put("c", "1"));
    a.changeLeader(1, 0);
    List<PrepareReply> late = new ArrayList<>();
    leaderOf(a).prepare(old, late::add);
    two.settle();
    assertThat(late.getFirst().getRefusal().getReason()).isEqualTo(Reason.WRONG_EPOCH);
    assertThat(late.getFirst().getEpoch()).isEqualTo(a.epoch());
  }

  @Test
  void aQuestionForTheVoteEndsWhatIsUnknown() { // C3 recovery, G11
    assertThat(two.voteAsked(a, txn(1)).getRefused()).isTrue();
    assertThat(two.prepared(a, txn(1), put("a", "1")).getRefusal().getReason())
        .isEqualTo(Reason.ABORTED);
    a.changeLeader(1, 0);
    assertThat(two.prepared(a, txn(1), put("a", "1")).getRefusal().getReason())
        .isEqualTo(Reason.ABORTED);
    assertThat(a.log).hasSize(1);
  }

  @Test
  void aQuestionForTheVoteWaitsForAPrepareUnderWay() {
    List<PrepareReply> votes = two.begin(a, txn(1), 0, put("a", "1"));
    List<VoteReply> asked = new ArrayList<>();
    leaderOf(a).vote(Calls.vote(txn(1), a.nowNanos), asked::add);
    a.run();
    assertThat(asked).isEmpty();
    two.settle();
    assertThat(asked.getFirst().getPrepared()).isEqualTo(votes.getFirst().getVote());
  }

  @Test
  void aQuestionAfterTheEndGetsTheEnd() {
    long p = two.vote(a, txn(1), put("a", "1"));
    two.told(a, txn(1), true, p);
    assertThat(two.voteAsked(a, txn(1)).getEnded().getTimestampNanos()).isEqualTo(p);
    assertThat(two.prepared(a, txn(1), put("a", "1")).getEnded().getTimestampNanos()).isEqualTo(p);
  }

  @Test
  void aClientThatAsksMakesAPreparedTransactionEnd() { // C3: RESOLVE
    two.vote(a, txn(1), put("a", "1"));
    two.vote(b, txn(1), put("b", "1"));
    List<ResolveReply> resolved = new ArrayList<>();
    leaderOf(a).resolve(Calls.resolve(txn(1)), resolved::add);
    two.settle();
    two.settle();
    assertThat(resolved.getFirst().getCommitted()).isTrue();
    assertThat(two.rows(b)).containsExactly("b=1");
  }

  @Test
  void aClientThatAsksForWhatWasPreparedInPartEndsItToo() {
    two.vote(a, txn(1), put("a", "1"));
    List<ResolveReply> resolved = new ArrayList<>();
    leaderOf(a).resolve(Calls.resolve(txn(1)), resolved::add);
    two.settle();
    two.settle();
    assertThat(resolved.getFirst().getCommitted()).isFalse();
    assertThat(two.prepared(b, txn(1), put("b", "1")).getRefusal().getReason())
        .isEqualTo(Reason.ABORTED);
    assertThat(two.rows(a)).isEmpty();
  }

  @Test
  void aLargeVoteIsSeveralEntriesAndSurvivesInACheckpoint() { // G17, G25
    Write[] large = new Write[5];
    for (int i = 0; i < large.length; i++) {
      large[i] = put("k" + i, "v".repeat(TxnLimits.ENTRY_BYTES_MAX / 2));
    }
    long p = two.vote(a, txn(1), large);
    assertThat(a.log).hasSize(5);
    Participant restarted = a.replicas.get(1).participant;
    restarted.restore(a.replicas.get(0).participant.image());
    a.changeLeader(1, 0);
    assertThat(leaderOf(a).preparedCount()).isEqualTo(1);
    List<CommitReply> waits = two.beginCommit(a, txn(2), put("k3", "2"));
    two.settle();
    assertThat(waits).isEmpty();
    two.told(a, txn(1), true, p);
    two.settle();
    assertThat(waits.getFirst().hasRefusal()).isFalse();
    assertThat(a.replicas.get(1).versions).hasSize(5);
  }

  @Test
  void aVoteWaitsUntilTheLogHasRoom() {
    a.unchosenMax = 0;
    List<PrepareReply> votes = two.begin(a, txn(1), 0, put("a", "1"));
    a.advance(Duration.ofMillis(50));
    assertThat(votes).isEmpty();
    a.unchosenMax = 10;
    a.advance(Duration.ofMillis(50));
    two.settle();
    assertThat(votes.getFirst().hasVote()).isTrue();
  }

  @Test
  void aLostVoteIsNoVote() {
    List<PrepareReply> votes = two.begin(a, txn(1), 0, put("a", "1"));
    a.changeLeader(1, 0);
    assertThat(votes.getFirst().getRefusal().getReason()).isEqualTo(Reason.NOT_LEADER);
    assertThat(two.voteAsked(a, txn(1)).getRefused()).isTrue();
  }

  @Test
  void aVoteThatTheNextLeaderFindsIsAVote() {
    two.begin(a, txn(1), 0, put("a", "1"));
    a.changeLeader(1, 1);
    assertThat(two.voteAsked(a, txn(1)).hasPrepared()).isTrue();
  }

  @Test
  void aRangeLockedWholeKeepsReadersAndWritersOut() { // G23: a directory on the move
    PrepareCall call =
        Calls.prepare(holding(txn(1), a.epoch(), 0), a.nowNanos, BOTH).toBuilder()
            .addExclusiveRanges(Protos.range(new KeyRange(key("f"), key("m"))))
            .build();
    List<PrepareReply> votes = new ArrayList<>();
    leaderOf(a).prepare(call, votes::add);
    two.settle();
    assertThat(votes.getFirst().hasVote()).isTrue();
    a.changeLeader(1, 0);
    List<CommitReply> within = two.beginCommit(a, txn(2), put("g", "1"));
    List<CommitReply> outside = two.beginCommit(a, txn(3), put("n", "1"));
    List<ReadReply> reads = two.beginRead(a, a.interval().latest());
    two.settle();
    assertThat(within).isEmpty();
    assertThat(outside).hasSize(1);
    assertThat(reads).isEmpty();
    two.told(a, txn(1), true, votes.getFirst().getVote().getPreparedNanos());
    two.settle();
    assertThat(within).hasSize(1);
    assertThat(reads).hasSize(1);
  }

  @Test
  void whatTheGroupDoesNotOwnIsRefusedByName() { // G23
    two.committed(a, txn(1), put("g", "1"));
    KeyRange moved = new KeyRange(key("f"), key("m"));
    a.ownership =
        (range, at) ->
            range.overlaps(moved)
                ? List.of(
                    io.meridiandb.txn.proto.Directory.newBuilder()
                        .setRange(Protos.range(moved))
                        .setGroup(2)
                        .build())
                : null;
    CommitReply commit = two.committed(a, txn(2), put("g", "2"));
    assertThat(commit.getRefusal().getReason()).isEqualTo(Reason.WRONG_DIRECTORY);
    assertThat(commit.getRefusal().getDirectories(0).getGroup()).isEqualTo(2);
    assertThat(two.prepared(a, txn(3), put("g", "2")).getRefusal().getReason())
        .isEqualTo(Reason.WRONG_DIRECTORY);
    assertThat(two.beginRead(a, a.interval().latest()).getFirst().getRefusal().getReason())
        .isEqualTo(Reason.WRONG_DIRECTORY);
    List<LockReply> locks = new ArrayList<>();
    leaderOf(a)
        .lock(
            io.meridiandb.txn.proto.LockCall.newBuilder()
                .setHolding(holding(txn(4), a.epoch(), 0))
                .setSchemaVersion(-1)
                .addKeys(put("g", ""))
                .build(),
            locks::add);
    two.settle();
    assertThat(locks.getFirst().getRefusal().getReason()).isEqualTo(Reason.WRONG_DIRECTORY);
    assertThat(locks.getFirst().getGrant())
        .as("the locks are held: a gateway that was not told could not give them back")
        .isNotZero();
    assertThat(two.committed(a, txn(5), put("n", "1")).hasRefusal()).isFalse();
    a.ownership = Ownership.EVERYTHING;
    assertThat(two.committed(a, txn(2), put("g", "2")).hasRefusal())
        .as("a no is final, should the directory come back")
        .isTrue();
  }

  @Test
  void aCommitThatNamesAnotherAnchorIsRefused() { // G14, attack 21
    List<CommitReply> replies = new ArrayList<>();
    leaderOf(a)
        .commit(
            Calls.commit(holding(txn(1), a.epoch(), 0), a.nowNanos, put("a", "1")).toBuilder()
                .setAnchor(2)
                .build(),
            replies::add);
    two.settle();
    assertThat(replies.getFirst().hasRefusal()).isTrue();
    assertThat(a.log).isEmpty();
  }
}
