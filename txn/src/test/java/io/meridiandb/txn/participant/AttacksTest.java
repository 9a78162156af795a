package io.meridiandb.txn.participant;

import static io.meridiandb.txn.participant.Calls.holding;
import static io.meridiandb.txn.participant.Calls.insert;
import static io.meridiandb.txn.participant.Calls.key;
import static io.meridiandb.txn.participant.Calls.put;
import static io.meridiandb.txn.participant.Calls.read;
import static io.meridiandb.txn.participant.Calls.txn;
import static io.meridiandb.txn.participant.TwoGroupsScenario.BOTH;
import static io.meridiandb.txn.participant.TwoGroupsScenario.leaderOf;
import static io.meridiandb.txn.participant.TwoGroupsScenario.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.Range;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.ResolveReply;
import io.meridiandb.txn.proto.VoteReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The attacks of protocol H that a group's participant meets. Each is played twice: with all
 * amendments, where it does nothing, and without the one that answers it, where it succeeds.
 */
class AttacksTest {
  private static final TxnId FIRST = new TxnId(1, 1, 1, 1);
  private static final TxnId SECOND = new TxnId(1, 1, 1, 2);

  /** 17: attempt 1 is prepared at A, attempt 2 at B; together they would look like a commit. */
  @Test
  void attack17AttemptsThatShareATransactionsName() { // G11
    assertThat(halvesOfTwoAttempts()).as("w1 at A with w2 at B").isEmpty();
    assertThat(halvesOfTwoAttempts(Rule.ATTEMPTS_APART)).contains("a=w1", "b=w2");
  }

  private List<String> halvesOfTwoAttempts(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    two.vote(two.a, FIRST, put("a", "w1"));
    two.vote(two.b, SECOND, put("b", "w2"));
    VoteReply first = two.voteAsked(two.a, SECOND);
    VoteReply second = two.voteAsked(two.b, SECOND);
    if (first.hasPrepared() && second.hasPrepared()) { // then it is committed
      long s =
          Math.max(first.getPrepared().getPreparedNanos(), second.getPrepared().getPreparedNanos());
      two.told(two.a, FIRST, true, s);
      two.told(two.b, SECOND, true, s);
    }
    two.pass(Duration.ofSeconds(5));
    List<String> rows = new ArrayList<>(two.rows(two.a));
    rows.addAll(two.rows(two.b));
    return rows;
  }

  /** 18: a no to a request of an old epoch, though the vote is in the log. */
  @Test
  void attack18ANoFromAnOldBallot() { // G12
    assertThat(answerToADuplicate().hasVote()).isTrue();
    assertThat(answerToADuplicate(Rule.RECORD_ANSWERS).hasRefusal()).isTrue();
  }

  private PrepareReply answerToADuplicate(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    PrepareCall call =
        Calls.prepare(holding(txn(1), two.a.epoch(), 0), two.a.nowNanos, BOTH, insert("a", "1"));
    List<PrepareReply> replies = new ArrayList<>();
    leaderOf(two.a).prepare(call, replies::add);
    two.settle();
    assertThat(replies.getFirst().hasVote()).isTrue();
    two.a.changeLeader(1, 0);
    leaderOf(two.a).prepare(call, replies::add); // sent again to whoever leads, with the old epoch
    two.settle();
    return replies.getLast();
  }

  /** 19: B's quorum is away for longer than outcomes are kept; A has forgotten the commit. */
  @Test
  void attack19AnOutcomeForgottenWhileAParticipantWasAway() { // G13
    assertThat(afterALongAbsence()).containsExactly("b=1");
    assertThat(afterALongAbsence(Rule.OUTCOMES_KEPT)).isEmpty();
  }

  private List<String> afterALongAbsence(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    long p = two.vote(two.a, txn(1), put("a", "1"));
    long s = Math.max(p, two.vote(two.b, txn(1), put("b", "1")));
    two.a.recovery = Recovery.NONE; // B cannot be reached
    two.b.recovery = Recovery.NONE;
    two.told(two.a, txn(1), true, s);
    two.pass(TxnLimits.OUTCOME_RETENTION.plus(Duration.ofMinutes(5)));
    assertThat(leaderOf(two.a).horizon().nanos()).as("A forgets").isGreaterThan(s);
    two.b.recovery = two.recovery; // B is back and asks
    two.pass(Duration.ofSeconds(30));
    assertThat(leaderOf(two.b).preparedCount()).isZero();
    return two.rows(two.b);
  }

  @Test
  void whatAllHaveIsForgottenInTheEnd() { // G13: the other side of attack 19
    TwoGroupsScenario two = new TwoGroupsScenario();
    two.vote(two.a, txn(1), put("a", "1"));
    two.vote(two.b, txn(1), put("b", "1"));
    two.pass(Duration.ofSeconds(5)); // recovery ends it, and tells that all have it
    assertThat(two.rows(two.a)).containsExactly("a=1");
    long start = two.a.nowNanos;
    two.pass(TxnLimits.OUTCOME_RETENTION.plus(Duration.ofMinutes(5)));
    VoteReply reply = two.voteAsked(two.a, txn(1), start - Duration.ofSeconds(5).toNanos());
    assertThat(reply.getRefusal().getReason()).as("never aborted").isEqualTo(Reason.EXPIRED);
  }

  /** 21: a commit is sent again after its rows have moved to a group that knows nothing of it. */
  @Test
  void attack21ACommitSentAgainAfterAMove() { // G14
    assertThat(rowsAfterALateCopy()).as("the later write stands").containsExactly("x=2");
    assertThat(rowsAfterALateCopy(Rule.ANCHOR_COMMITS)).containsExactly("x=1");
  }

  private List<String> rowsAfterALateCopy(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    CommitCall commit =
        Calls.commit(holding(FIRST, two.a.epoch(), 0), two.a.nowNanos, put("x", "1")).toBuilder()
            .setAnchor(two.a.group.value())
            .build();
    leaderOf(two.a).commit(commit, lostReply -> {});
    two.settle();
    assertThat(two.rows(two.a)).containsExactly("x=1");
    two.a.ownership = (range, at) -> List.of(); // x moves to B, and there it is overwritten
    two.committed(two.b, txn(8), put("x", "1"));
    two.committed(two.b, txn(9), put("x", "2"));
    CommitCall again = commit.toBuilder().setHolding(holding(FIRST, two.b.epoch(), 0)).build();
    leaderOf(two.b).commit(again, reply -> {});
    two.settle();
    return two.rows(two.b);
  }

  /** 22: two transactions of a session; the later one lands first. */
  @Test
  void attack22OutcomesOfASessionOutOfOrder() { // G14
    assertThat(laterOneAsItIsTold().getCommitted()).isTrue();
    assertThat(laterOneAsItIsTold(Rule.OUTCOMES_OF_A_SESSION).getCommitted())
        .as("a committed transaction, told to be aborted")
        .isFalse();
  }

  private ResolveReply laterOneAsItIsTold(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    long late = two.committed(two.a, txn(6), put("x", "6")).getCommitTimestampNanos();
    long p = two.vote(two.a, txn(5), put("a", "5"));
    long s = Math.max(p, two.vote(two.b, txn(5), put("b", "5")));
    two.told(two.a, txn(5), true, s);
    List<ResolveReply> resolved = new ArrayList<>();
    leaderOf(two.a).resolve(Calls.resolve(txn(5)), resolved::add);
    leaderOf(two.a).resolve(Calls.resolve(txn(6)), resolved::add);
    two.settle();
    assertThat(resolved.getFirst().getCommitTimestampNanos()).isEqualTo(s);
    assertThat(resolved.getLast().hasRefusal()).isFalse();
    assertThat(resolved.getLast().getCommitTimestampNanos()).isIn(late, 0L);
    assertThat(two.rows(two.a)).containsExactly("a=5", "x=6");
    return resolved.getLast();
  }

  /** 24: what a writing participant has read is overwritten below the commit's timestamp. */
  @Test
  void attack24TheReadLocksOfAWriterDieWithItsLeader() { // G8
    long[] safe = overwrittenBelowTheCommit();
    assertThat(safe[0]).as("the overwriting commit").isGreaterThan(safe[1]);
    long[] broken = overwrittenBelowTheCommit(Rule.FLOOR_OF_VOTES);
    assertThat(broken[0]).isLessThan(broken[1]);
  }

  /** When r was overwritten, and up to when the transaction that read it may commit. */
  private long[] overwrittenBelowTheCommit(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    long grant = two.lock(two.b, txn(1), LockMode.SHARED, "r", "s");
    List<PrepareReply> votes = two.begin(two.b, txn(1), grant, put("w", "1"));
    two.settle();
    long leaseEnd = votes.getFirst().getVote().getLeaseEndNanos();
    two.b.changeLeader(1, 0);
    two.b.leaseEnd = Timestamp.MAX;
    CommitCall overwrite =
        Calls.commit(holding(txn(2), two.b.epoch(), 0), two.b.nowNanos, put("r", "other"));
    List<CommitReply> overwritten = new ArrayList<>();
    for (int i = 0;
        i < 2;
        i++) { // asked again after its timestamp, beyond the old lease, has passed
      leaderOf(two.b).commit(overwrite.toBuilder().setAnchor(2).build(), overwritten::add);
      two.settle();
      two.b.advance(Duration.ofSeconds(4));
    }
    assertThat(overwritten.getLast().hasRefusal()).isFalse();
    return new long[] {overwritten.getLast().getCommitTimestampNanos(), leaseEnd};
  }

  /** The locks of what it writes are taken again by the next leader, from its record. */
  @Test
  void theWriteLocksOfAVoteOutliveItsLeader() { // C3
    assertThat(writeBesideAVote()).isEmpty();
    assertThat(writeBesideAVote(Rule.PREPARED_LOCKS)).hasSize(1);
  }

  private List<CommitReply> writeBesideAVote(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    two.vote(two.a, txn(1), put("a", "1"));
    two.a.changeLeader(1, 0);
    List<CommitReply> other = two.beginCommit(two.a, txn(2), put("a", "2"));
    two.settle();
    return other;
  }

  /** 27: a refusal that rests on a write which is not chosen and never will be. */
  @Test
  void attack27ARefusalThatRestsOnALostWrite() { // G16
    assertThat(answerFromWhatIsLost()).as("the next leader is asked").isEqualTo(Reason.NOT_LEADER);
    assertThat(answerFromWhatIsLost(Rule.REFUSALS_REST_ON_CHOSEN))
        .as("there is no such row and never was")
        .isEqualTo(Reason.CONDITION_FAILED);
  }

  private Reason answerFromWhatIsLost(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    two.beginCommit(two.a, txn(1), insert("a", "1")); // appended, not chosen
    List<CommitReply> duplicate = two.beginCommit(two.a, txn(2), insert("a", "2"));
    assertThat(duplicate).as("answers from what may be lost").hasSize(without.length);
    two.a.changeLeader(1, 0); // and it is lost
    assertThat(two.rows(two.a)).isEmpty();
    assertThat(two.committed(two.a, txn(3), insert("a", "3")).hasRefusal()).isFalse();
    return duplicate.getFirst().getRefusal().getReason();
  }

  /** 29: a follower shows a version before its timestamp has surely passed for everybody. */
  @Test
  void attack29AVersionSeenBeforeItHasPassed() { // G18
    assertThat(readWithinTheUncertainty()).isEmpty();
    assertThat(readWithinTheUncertainty(Rule.READS_WAIT)).hasSize(1);
  }

  private List<ReadReply> readWithinTheUncertainty(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    two.a.epsilonNanos = Duration.ofMillis(50).toNanos();
    two.beginCommit(two.a, txn(1), put("a", "1"));
    two.a.chooseOne();
    two.a.run();
    FakeGroup.FakeReplica follower = two.a.replicas.get(1);
    Timestamp at = two.a.interval().latest();
    follower.close(at);
    List<ReadReply> replies = new ArrayList<>();
    follower.participant.read(
        read(KeyRange.point(key("a"))).toBuilder()
            .setReadTimestampNanos(at.nanos())
            .setFollowerAllowed(true)
            .build(),
        replies::add);
    two.a.run();
    List<ReadReply> early = List.copyOf(replies);
    two.a.advance(Duration.ofMillis(200));
    assertThat(rows(replies.getFirst())).containsExactly("a=1");
    return early;
  }

  /** 30: a read takes the answer to a question that was asked before the read began. */
  @Test
  void attack30AReadThatRidesOnAnEarlierQuestion() { // G19
    assertThat(readBehindAQuestion()).containsExactly("a=1");
    assertThat(readBehindAQuestion(Rule.READ_TIME_AFTER_ARRIVAL))
        .as("a write that was acknowledged before the read began is missed")
        .isEmpty();
  }

  private List<String> readBehindAQuestion(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    FakeGroup.FakeReplica follower = two.a.replicas.get(1);
    List<ReadReply> first = readNow(two, follower); // its question is under way
    Timestamp answered = two.a.interval().latest(); // and answered so
    two.a.advance(Duration.ofMillis(50));
    assertThat(two.committed(two.a, txn(1), put("a", "1")).hasRefusal()).isFalse();
    List<ReadReply> second = readNow(two, follower);
    follower.close(answered);
    assertThat(rows(first.getFirst())).isEmpty();
    if (second.isEmpty()) {
      assertThat(follower.askedToClose).as("a question of its own").hasSize(2);
      follower.close(follower.askedToClose.getLast());
    }
    return rows(second.getFirst());
  }

  private static List<ReadReply> readNow(TwoGroupsScenario two, FakeGroup.FakeReplica at) {
    List<ReadReply> replies = new ArrayList<>();
    at.participant.read(
        read(KeyRange.ALL).toBuilder()
            .setReadTimestampNanos(two.a.interval().latest().nanos())
            .setFollowerAllowed(true)
            .build(),
        replies::add);
    two.a.run();
    return replies;
  }

  /** 33: each is prepared where the other one waits. */
  @Test
  void attack33TwoPreparesThatWaitForEachOther() { // G21
    assertThat(answersOfTwoPrepares()).as("one of them gives up at once").isNotEmpty();
    assertThat(answersOfTwoPrepares(Rule.PREPARE_REFUSES)).isEmpty();
  }

  private List<PrepareReply> answersOfTwoPrepares(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    two.vote(two.a, txn(1), put("k", "1")); // older
    two.vote(two.b, txn(2), put("k", "2"));
    List<PrepareReply> answers = new ArrayList<>();
    List<PrepareReply> older = two.begin(two.b, txn(1), 0, put("k", "1"));
    List<PrepareReply> younger = two.begin(two.a, txn(2), 0, put("k", "2"));
    two.settle();
    answers.addAll(older);
    answers.addAll(younger);
    for (PrepareReply each : answers) {
      assertThat(each.getRefusal().getReason()).isEqualTo(Reason.WOUNDED);
    }
    if (!answers.isEmpty()) { // the younger one's gateway aborts it: the older one goes on
      two.told(two.b, txn(2), false, 0);
      assertThat(older.getFirst().hasVote()).isTrue();
    }
    return answers;
  }

  /** 34: the gateway is gone and nobody is blocked. */
  @Test
  void attack34AVoteThatNobodyAsksAbout() { // G21
    assertThat(leftAlone()).isZero();
    assertThat(leftAlone(Rule.VOTES_ARE_PURSUED)).isEqualTo(2);
  }

  private int leftAlone(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    two.vote(two.a, txn(1), put("a", "1"));
    two.vote(two.b, txn(1), put("b", "1"));
    two.pass(Duration.ofSeconds(4));
    return leaderOf(two.a).preparedCount() + leaderOf(two.b).preparedCount();
  }

  /** 40: a follower of the source serves a range that has moved, at a timestamp after the move. */
  @Test
  void attack40AFollowerServesWhatHasMoved() { // G23
    KeyRange moved = new KeyRange(key("f"), key("m"));
    List<ReadReply> replies = readAtTheSource(moved, Range.getDefaultInstance());
    assertThat(replies.getFirst().getRefusal().getReason()).isEqualTo(Reason.WRONG_DIRECTORY);
    assertThat(rows(readAtTheSource(moved, Protos.range(KeyRange.point(key("x")))).getFirst()))
        .as("what the new owner has overwritten")
        .containsExactly("g=old");
  }

  /**
   * A read at a follower that has closed a timestamp after the move and not applied its outcome.
   *
   * @param prepared what the move's vote locks instead of the moved range; empty: that range
   */
  private List<ReadReply> readAtTheSource(KeyRange moved, Range prepared) {
    TwoGroupsScenario two = new TwoGroupsScenario();
    two.committed(two.a, txn(9), put("g", "old"));
    PrepareCall move =
        Calls.prepare(holding(txn(1), two.a.epoch(), 0), two.a.nowNanos, BOTH).toBuilder()
            .addExclusiveRanges(prepared.getStart().isEmpty() ? Protos.range(moved) : prepared)
            .build();
    List<PrepareReply> votes = new ArrayList<>();
    leaderOf(two.a).prepare(move, votes::add);
    two.settle();
    FakeGroup.FakeReplica follower = two.a.replicas.get(1);
    follower.lag(true);
    two.told(two.a, txn(1), true, votes.getFirst().getVote().getPreparedNanos());
    Timestamp at = two.a.interval().latest();
    follower.close(at);
    List<ReadReply> replies = new ArrayList<>();
    follower.participant.read(
        read(moved).toBuilder().setReadTimestampNanos(at.nanos()).setFollowerAllowed(true).build(),
        replies::add);
    two.a.run();
    two.a.ownership = (range, when) -> range.overlaps(moved) ? List.of() : null;
    follower.lag(false);
    return replies;
  }

  @Test
  void aVoteIsPursuedByOneRunAtATimeWithGrowingPauses() { // G21
    TwoGroupsScenario two = new TwoGroupsScenario();
    two.vote(two.a, txn(1), put("a", "1"));
    two.b.changeLeader(1, 0);
    two.b.leader = null; // the other participant has no leader for long
    two.pass(Duration.ofMinutes(2));
    assertThat(two.recovery.runs).isBetween(5, 15);
    assertThat(leaderOf(two.a).preparedCount()).isEqualTo(1);
  }
}
