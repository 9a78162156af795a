package io.meridiandb.paxos.core;

import static io.meridiandb.paxos.core.CoreFixture.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.lease.LeaseRequest;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A voter that lags too far is named, at the edges of what too far is (DESIGN 4). */
final class VoterLagTest {
  private static final ServerId SELF = new ServerId(1);
  private static final ServerId LATE = new ServerId(3);
  private static final Ballot BALLOT = new Ballot(1, SELF, 1);
  private static final Duration NANO = Duration.ofNanos(1);

  /** With its overhead one entry costs a MiB; all share the same bytes. */
  private static final ByteString PAYLOAD =
      ByteString.copyFrom(new byte[(1 << 20) - LogEntry.OVERHEAD_BYTES]);

  private final Timestamp begin = new Timestamp(1_000_000_000_000L);
  private final CoreFixture late = new CoreFixture(LATE.value(), at(begin));
  private final CoreFixture server = new CoreFixture(SELF.value(), at(begin));
  private final CoreState state =
      server.state(ReplicaSet.ofFull(List.of(SELF, new ServerId(2), LATE)));
  private final HandOverHandler handOvers = new HandOverHandler(state, new RoleTransitions(state));
  private final LeaderHandler handler =
      new LeaderHandler(state, new MembershipHandler(state, handOvers), handOvers);
  private final Role.Leader leader = new Role.Leader(BALLOT, 1);
  private final FollowerProgress follower = new FollowerProgress(LATE);

  VoterLagTest() {
    state.role = leader;
    follower.synced = true;
    leader.followers.put(LATE, follower);
    now(begin);
  }

  /** It is {@code t}, and the late one gives leases: it is up. */
  private void now(Timestamp t) {
    state.now = at(t);
    for (int i = 0; i < 2; i++) {
      LeaseRequest request = server.holder.request(LATE, at(t));
      server.holder.onReply(LATE, late.voter.onRequest(request, at(t)));
    }
  }

  private void append(int entries) {
    for (int i = 0; i < entries; i++) {
      long index = state.log.lastIndex() + 1;
      Timestamp ts = new Timestamp(index);
      state.log.append(new LogEntry(index, BALLOT, EntryKind.COMMAND, ts, PAYLOAD));
    }
  }

  private VoterLag lag() {
    List<VoterLag> lags = handler.lags(leader);
    assertThat(lags).hasSize(1);
    assertThat(lags.getFirst().voter()).isEqualTo(LATE);
    return lags.getFirst();
  }

  @Test
  void moreThanEightGibibytesAreTooMuchThoughTheLogForgetsThem() {
    append(1);
    follower.acked = 1;
    lag();
    append(8 << 10);
    assertThat(lag().bytes()).isEqualTo(VoterLag.BYTES_MAX);
    assertThat(lag().tooFar()).isFalse();
    state.log.cutPrefix(5_000);
    assertThat(lag().bytes()).as("counted before they went").isEqualTo(VoterLag.BYTES_MAX);
    append(1);
    assertThat(lag().tooFar()).isTrue();
    follower.acked = state.log.lastIndex();
    assertThat(lag()).isEqualTo(new VoterLag(LATE, 0, Duration.ZERO));
  }

  @Test
  void moreThanAnHourIsTooLong() {
    append(2);
    follower.acked = 1;
    assertThat(lag().age()).isZero();
    now(begin.plus(VoterLag.AGE_MAX));
    append(3);
    assertThat(lag().age()).isEqualTo(VoterLag.AGE_MAX);
    assertThat(lag().tooFar()).isFalse();
    now(begin.plus(VoterLag.AGE_MAX).plus(NANO));
    assertThat(lag().tooFar()).isTrue();
    follower.acked = 3;
    assertThat(lag().age()).as("it gets on").isZero();
  }

  /** An idle group: nothing is lacking, but the voter is away. */
  @Test
  void whoGivesNoLeaseForAnHourIsReportedToo() {
    append(1);
    follower.acked = 1;
    assertThat(lag().age()).isZero();
    Timestamp away = begin.plus(Duration.ofSeconds(2));
    state.now = at(away);
    assertThat(lag().age()).isZero();
    state.now = at(away.plus(VoterLag.AGE_MAX));
    assertThat(lag().tooFar()).isFalse();
    state.now = at(away.plus(VoterLag.AGE_MAX).plus(NANO));
    assertThat(lag().tooFar()).isTrue();
    now(state.now.earliest());
    assertThat(lag().tooFar()).isFalse();
  }
}
