package io.meridiandb.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.Lessee;
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
  private static final GroupId G = new GroupId(1);
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);
  private static final Lessee SELF = new Lessee(TWO, 1);
  private static final Timestamp BEGIN = new Timestamp(1_000_000_000_000L);
  private static final TTInterval NOW = new TTInterval(BEGIN, BEGIN);

  private static final class NoRandom implements RandomSource {
    @Override
    public long nextLong() {
      return 0;
    }

    @Override
    public int nextInt(int bound) {
      return 0;
    }

    @Override
    public RandomSource fork(String name) {
      return this;
    }
  }

  /**
   * Protocol G9, G7: it had handed over to a server that never came, and its server leads other
   * groups, so that the lease to itself never ends. It must not be bound to itself for ever; and
   * the s_max of that hand-over still counts.
   */
  @Test
  void itIsNotBoundToWhatAnEarlierReplicaHereGaveUp() {
    VoterState voter = new VoterState(SELF, LeaseConfig.SHORT, Duration.ZERO, NOW);
    voter.boundDurable(LeaseConfig.SHORT.length());
    LeaseHolder holder = new LeaseHolder(SELF, LeaseConfig.SHORT);
    Ballot own = new Ballot(5, TWO, 1);
    Timestamp sMax = BEGIN.plus(Duration.ofMillis(1));
    voter.vote(G, own, NOW);
    voter.release(G, own, THREE, sMax);
    voter.onRequest(holder.request(TWO, NOW), NOW);
    PaxosCore core =
        PaxosCore.recover(
            new ReplicaSetting(
                ReplicaSet.ofFull(List.of(ONE, TWO, THREE)),
                true,
                PaxosConfig.of(LeaseConfig.SHORT),
                PaxosConfig.LeaderPreference.NONE,
                new NoRandom(),
                0),
            voter,
            holder,
            RecoveredGroup.closed(G, own, new LogRecord.VoteFloor(G, Ballot.ZERO, 0)));
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
