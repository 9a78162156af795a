package io.meridiandb.paxos.core;

import static io.meridiandb.paxos.core.CoreFixture.G;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A replica that was closed and is opened again in the same start of its server. */
final class ReopenedReplicaTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);
  private static final Timestamp BEGIN = new Timestamp(1_000_000_000_000L);
  private static final TTInterval NOW = new TTInterval(BEGIN, BEGIN);

  /**
   * Protocol G9, G7: it had handed over to a server that never came, and its server leads other
   * groups, so that the lease to itself never ends. It must not be bound to itself for ever; and
   * the s_max of that hand-over still counts.
   */
  @Test
  void itIsNotBoundToWhatAnEarlierReplicaHereGaveUp() {
    CoreFixture server = new CoreFixture(TWO.value(), NOW);
    VoterState voter = server.voter;
    Ballot own = new Ballot(5, TWO, 1);
    Timestamp sMax = BEGIN.plus(Duration.ofMillis(1));
    voter.vote(G, own, NOW);
    voter.release(G, own, THREE, sMax);
    voter.onRequest(server.holder.request(TWO, NOW), NOW);
    PaxosCore core =
        server.core(
            ReplicaSet.ofFull(List.of(ONE, TWO, THREE)),
            RecoveredGroup.closed(G, own, new LogRecord.VoteFloor(G, Ballot.ZERO, 0)),
            0);
    assertThat(answers(core, new PaxosMessage.PreVote(1)))
        .contains(new PaxosMessage.PreVoteReply(false, own, 0));
    core.step(new PaxosInput.Tick(NOW, Timestamp.MIN));
    assertThat(answers(core, new PaxosMessage.PreVote(1)))
        .contains(new PaxosMessage.PreVoteReply(true, own, 0));
    assertThat(answers(core, new PaxosMessage.Prepare(new Ballot(6, ONE, 1))))
        .singleElement()
        .isInstanceOfSatisfying(
            PaxosMessage.Promise.class, promise -> assertThat(promise.released()).isEqualTo(sMax));
  }

  private static List<PaxosMessage> answers(PaxosCore core, PaxosMessage message) {
    PaxosEffects effects = core.step(new PaxosInput.Deliver(NOW, ONE, message));
    List<Outgoing> sent = new ArrayList<>(effects.send());
    sent.addAll(effects.sendAfterPersist());
    return sent.stream().map(Outgoing::message).toList();
  }
}
