package io.meridiandb.txn.participant;

import static io.meridiandb.txn.participant.Calls.put;
import static io.meridiandb.txn.participant.Calls.txn;
import static io.meridiandb.txn.participant.TwoGroupsScenario.leaderOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.OutcomeReply;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.ResolveReply;
import io.meridiandb.txn.proto.VoteReply;
import io.meridiandb.txn.proto.VoteReply.AnswerCase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Participants of a transaction whose outcome is its anchor's (protocol G22), step by step; the
 * anchor is A. The steps after which its gateway may die are each a test.
 */
class ExplicitModeTest {
  private static final TxnId ID = txn(1);
  private static final Duration A_WHILE = Duration.ofSeconds(5);

  private long votes(TwoGroupsScenario two) {
    PrepareReply first = two.preparedExplicitly(two.a, ID, put("a", "1"));
    PrepareReply second = two.preparedExplicitly(two.b, ID, put("b", "1"));
    return Math.max(first.getVote().getPreparedNanos(), second.getVote().getPreparedNanos());
  }

  private VoteReply askedAsAnchor(TwoGroupsScenario two, FakeGroup group) {
    List<VoteReply> replies = new ArrayList<>();
    leaderOf(group)
        .vote(Calls.vote(ID, group.nowNanos).toBuilder().setExplicit(true).build(), replies::add);
    two.settle();
    assertThat(replies).hasSize(1);
    return replies.getFirst();
  }

  private void bothEnded(TwoGroupsScenario two, boolean committed) {
    assertThat(leaderOf(two.a).preparedCount()).isZero();
    assertThat(leaderOf(two.b).preparedCount()).isZero();
    assertThat(two.rows(two.a)).isEqualTo(committed ? List.of("a=1") : List.of());
    assertThat(two.rows(two.b)).isEqualTo(committed ? List.of("b=1") : List.of());
  }

  @Test
  void allVotesAreNoCommit() { // the gateway dies before it has told anybody
    TwoGroupsScenario two = new TwoGroupsScenario();
    votes(two);
    two.pass(A_WHILE);
    bothEnded(two, false);
    assertThat(two.recovery.decisions)
        .as("nobody counted votes")
        .allMatch(each -> each instanceof CommitDecision.Decision.Abort);
  }

  @Test
  void aGatewayThatTakesItsTimeIsNotAborted() { // asking is what aborts
    TwoGroupsScenario two = new TwoGroupsScenario();
    long s = votes(two);
    two.pass(Recoveries.PATIENCE_EXPLICIT.minusSeconds(1));
    assertThat(two.told(two.a, ID, true, s).getChosen()).isTrue();
    two.pass(A_WHILE);
    bothEnded(two, true);
  }

  @Test
  void theAnchorsOutcomeIsTheCommit() { // the gateway dies when the anchor alone has it
    TwoGroupsScenario two = new TwoGroupsScenario();
    long s = votes(two);
    assertThat(two.told(two.a, ID, true, s).getChosen()).isTrue();
    two.pass(A_WHILE);
    bothEnded(two, true);
  }

  @Test
  void aVoteAtTheAnchorAloneIsAborted() { // the gateway dies while it sends its prepares
    TwoGroupsScenario two = new TwoGroupsScenario();
    two.preparedExplicitly(two.a, ID, put("a", "1"));
    two.pass(A_WHILE);
    bothEnded(two, false);
    PrepareReply late = two.preparedExplicitly(two.b, ID, put("b", "1"));
    assertThat(late.hasRefusal()).as("it was told that it is aborted").isFalse();
    two.pass(A_WHILE); // and then asks
    bothEnded(two, false);
  }

  @Test
  void aVoteElsewhereAloneIsAborted() { // likewise; the anchor refuses for ever
    TwoGroupsScenario two = new TwoGroupsScenario();
    two.preparedExplicitly(two.b, ID, put("b", "1"));
    two.pass(A_WHILE);
    bothEnded(two, false);
    PrepareReply late = two.preparedExplicitly(two.a, ID, put("a", "1"));
    assertThat(late.getRefusal().getReason()).isEqualTo(Reason.ABORTED);
  }

  @Test
  void aCommitAfterARecoveryIsToldThatItIsAborted() {
    TwoGroupsScenario two = new TwoGroupsScenario();
    long s = votes(two);
    assertThat(askedAsAnchor(two, two.a).getRefused()).isTrue();
    OutcomeReply late = two.told(two.a, ID, true, s);
    assertThat(late.getChosen()).isFalse();
    assertThat(late.hasEnded()).isTrue();
    assertThat(late.getEnded().getCommitted()).isFalse();
    two.pass(A_WHILE);
    bothEnded(two, false);
  }

  @Test
  void aQuestionBehindACommitThatIsAppendedGetsTheCommit() {
    TwoGroupsScenario two = new TwoGroupsScenario();
    long s = votes(two);
    leaderOf(two.a).outcome(Calls.outcome(ID, true, s), reply -> {});
    assertThat(askedAsAnchor(two, two.a).getEnded().getCommitted()).isTrue();
    two.pass(A_WHILE);
    bothEnded(two, true);
  }

  @Test
  void aCommitBehindAnAbortThatIsAppendedIsToldSo() {
    TwoGroupsScenario two = new TwoGroupsScenario();
    long s = votes(two);
    leaderOf(two.a)
        .vote(Calls.vote(ID, two.a.nowNanos).toBuilder().setExplicit(true).build(), reply -> {});
    OutcomeReply late = two.told(two.a, ID, true, s);
    assertThat(late.getEnded().getCommitted()).isFalse();
    assertThat(late.getChosen()).isFalse();
    two.pass(A_WHILE);
    bothEnded(two, false);
  }

  @Test
  void anOutcomeThatIsLostWithItsLeaderWasNone() {
    TwoGroupsScenario two = new TwoGroupsScenario();
    long s = votes(two);
    List<OutcomeReply> told = new ArrayList<>();
    leaderOf(two.a).outcome(Calls.outcome(ID, true, s), told::add);
    two.a.run();
    assertThat(told).as("before it is chosen").isEmpty();
    two.a.changeLeader(1, 0);
    assertThat(told.getFirst().getChosen()).isFalse();
    assertThat(askedAsAnchor(two, two.a).getRefused()).isTrue();
    two.pass(A_WHILE);
    bothEnded(two, false);
  }

  @Test
  void whatTheModeIsOutlivesLeadersAndCheckpoints() {
    TwoGroupsScenario two = new TwoGroupsScenario();
    long s = votes(two);
    FakeGroup.FakeReplica other = two.b.replicas.get(2);
    other.participant.restore(two.b.replicas.getFirst().participant.image());
    two.b.changeLeader(2, 0);
    assertThat(two.voteAsked(two.b, ID).getAnchor()).isEqualTo(two.a.group.value());
    two.told(two.a, ID, true, s);
    two.a.replicas.get(1).participant.restore(two.a.replicas.getFirst().participant.image());
    two.a.changeLeader(1, 0);
    two.pass(A_WHILE);
    bothEnded(two, true);
  }

  @Test
  void aClientThatAsksTheAnchorMakesItEnd() { // G14: the driver's RESOLVE
    TwoGroupsScenario two = new TwoGroupsScenario();
    votes(two);
    List<ResolveReply> resolved = new ArrayList<>();
    leaderOf(two.a).resolve(Calls.resolve(ID), resolved::add);
    two.settle();
    assertThat(resolved.getFirst().getCommitted()).isFalse();
    assertThat(resolved.getFirst().hasRefusal()).isFalse();
    two.pass(A_WHILE);
    bothEnded(two, false);
  }

  @Test
  void theAnchorKeepsTheCommitUntilAllHaveIt() { // G13
    TwoGroupsScenario two = new TwoGroupsScenario();
    long s = votes(two);
    two.a.recovery = Recovery.NONE; // B cannot be reached
    two.b.recovery = Recovery.NONE;
    two.told(two.a, ID, true, s);
    two.pass(TxnLimits.OUTCOME_RETENTION.plus(Duration.ofMinutes(5)));
    assertThat(leaderOf(two.a).horizon().nanos()).isGreaterThan(s);
    two.a.recovery = two.recovery;
    two.b.recovery = two.recovery;
    two.pass(Duration.ofSeconds(30));
    bothEnded(two, true);
    two.pass(TxnLimits.OUTCOME_RETENTION.plus(Duration.ofMinutes(5)));
    assertThat(askedAsAnchor(two, two.a).getAnswerCase()).isNotEqualTo(AnswerCase.PREPARED);
  }

  /** 35: who counts votes finds all prepared, while the anchor has no outcome and is asked. */
  @Test
  void attack35ImpliedRecoveryOfAnExplicitTransaction() { // G22
    assertThat(halvesOfAnExplicitTransaction()).isEmpty();
    assertThat(halvesOfAnExplicitTransaction(Rule.MODES)).containsExactly("b=1");
  }

  private List<String> halvesOfAnExplicitTransaction(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    long s = votes(two);
    boolean counted =
        two.voteAsked(two.a, ID).hasPrepared() && two.voteAsked(two.b, ID).hasPrepared();
    two.told(two.a, ID, false, 0); // the gateway missed a vote: it aborts, and tells its client so
    if (counted) {
      two.told(two.b, ID, true, s); // what has been counted
    }
    two.pass(A_WHILE);
    assertThat(two.rows(two.a)).isEmpty();
    return two.rows(two.b);
  }
}
