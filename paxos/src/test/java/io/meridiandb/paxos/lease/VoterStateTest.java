package io.meridiandb.paxos.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Guards what a voter passes on from one release to the next (protocol G7, G9). */
final class VoterStateTest {
  private static final GroupId G = new GroupId(1);
  private static final Timestamp SERVED = new Timestamp(7_000);

  private static Ballot ballot(int round, int server) {
    return new Ballot(round, new ServerId(server), 1);
  }

  private static TTInterval at(long nanos) {
    return new TTInterval(new Timestamp(nanos), new Timestamp(nanos));
  }

  /** The lease of the first leader may be running still, though the second never led. */
  @Test
  void aBallotThatIsGivenUpPassesOnTheReleaseThatItWasGrantedOver() {
    VoterState voter =
        new VoterState(
            new Lessee(new ServerId(3), 1), LeaseConfig.DEFAULT, Duration.ZERO, at(1_000));
    voter.vote(G, ballot(1, 1), at(1_000));
    voter.release(G, ballot(1, 1), new ServerId(2), SERVED);
    assertThat(((Vote.Granted) voter.vote(G, ballot(2, 2), at(2_000))).released())
        .isEqualTo(SERVED);
    voter.release(G, ballot(2, 2), null, Timestamp.MIN);
    assertThat(((Vote.Granted) voter.vote(G, ballot(3, 3), at(3_000))).released())
        .as("released to the third")
        .isEqualTo(SERVED);
  }
}
