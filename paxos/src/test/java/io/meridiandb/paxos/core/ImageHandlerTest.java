package io.meridiandb.paxos.core;

import static io.meridiandb.paxos.core.CoreFixture.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A server may end when the image has taken effect and its log does not know of it yet: what the
 * log then holds up to the checkpoint is taken for chosen, so nothing else may stand there.
 */
final class ImageHandlerTest {
  private static final TTInterval NOW = at(new Timestamp(1_000_000_000_000L));
  private static final ReplicaSet THREE =
      ReplicaSet.ofFull(List.of(new ServerId(1), new ServerId(2), new ServerId(3)));
  private static final Ballot OLD = new Ballot(1, new ServerId(2), 1);
  private static final Ballot NEW = new Ballot(2, new ServerId(3), 1);

  private static LogEntry entry(long index, Ballot ballot, String payload) {
    return new LogEntry(
        index, ballot, EntryKind.COMMAND, new Timestamp(index), ByteString.copyFromUtf8(payload));
  }

  /** Five entries of the old leader, of which three are chosen. */
  private static CoreState state() {
    CoreState state = new CoreFixture(1, NOW).state(THREE);
    for (long index = 1; index <= 5; index++) {
      state.log.append(entry(index, OLD, "old"));
    }
    state.commit = 3;
    return state;
  }

  @Test
  void whatAnEarlierLeaderWroteWhereTheImageEndsGoesBeforeTheImageTakesEffect() {
    CoreState state = state();
    ImageHandler images = new ImageHandler(state);
    images.coming(entry(5, NEW, "new"), Configuration.of(THREE));
    assertThat(state.log.lastIndex()).isEqualTo(4);
    images.recover(5); // as after a crash before ImageInstalled
    assertThat(state.log.baseIndex()).isEqualTo(5);
    assertThat(state.log.holds(5)).as("the old entry is not taken for the chosen one").isFalse();
    assertThat(state.commit).isEqualTo(5);
  }

  /** Attack 37: it may have been voted for. */
  @Test
  void whatTheImageSaysTooStaysAndAllBeyond() {
    CoreState state = state();
    new ImageHandler(state).coming(entry(4, NEW, "old"), Configuration.of(THREE));
    assertThat(state.log.lastIndex()).isEqualTo(5);
    assertThat(state.log.lastBallot()).isEqualTo(OLD);
  }
}
