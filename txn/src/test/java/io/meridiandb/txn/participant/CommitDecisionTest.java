package io.meridiandb.txn.participant;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.participant.CommitDecision.Decision;
import io.meridiandb.txn.participant.CommitDecision.Vote;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The decision function at its edges (protocol G8). */
class CommitDecisionTest {
  private static Vote prepared(long p, long leaseEnd, long schemaUntil) {
    return new Vote.Prepared(new Timestamp(p), new Timestamp(leaseEnd), new Timestamp(schemaUntil));
  }

  private static Decision decide(Vote... votes) {
    return CommitDecision.decide(List.of(votes));
  }

  @Test
  void commitsAtTheGreatestPrepareTimestamp() {
    assertThat(decide(prepared(5, 9, 9), prepared(7, 8, 9)))
        .isEqualTo(new Decision.Commit(new Timestamp(7)));
  }

  @Test
  void oneRefusalAborts() {
    assertThat(decide(prepared(5, 9, 9), new Vote.Refused())).isEqualTo(new Decision.Abort());
  }

  @Test
  void theCommitMayFallOnTheEndOfALeaseAndNotBeyond() {
    assertThat(decide(prepared(5, 7, 9), prepared(7, 9, 9))).isInstanceOf(Decision.Commit.class);
    assertThat(decide(prepared(5, 6, 9), prepared(7, 9, 9))).isEqualTo(new Decision.Abort());
  }

  @Test
  void theCommitMustLieBeforeTheSchemaMayChange() {
    assertThat(decide(prepared(5, 9, 8), prepared(7, 9, 9))).isInstanceOf(Decision.Commit.class);
    assertThat(decide(prepared(5, 9, 7), prepared(7, 9, 9))).isEqualTo(new Decision.Abort());
  }
}
