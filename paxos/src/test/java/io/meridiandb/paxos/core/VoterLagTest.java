package io.meridiandb.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A voter that lags too far is named, at the edges of what too far is (DESIGN 4). */
final class VoterLagTest {
  private static final GroupId G = new GroupId(1);
  private static final ServerId SELF = new ServerId(1);
  private static final ServerId LATE = new ServerId(3);
  private static final Ballot BALLOT = new Ballot(1, SELF, 1);
  private static final Duration NANO = Duration.ofNanos(1);

  /** With its overhead one entry costs a MiB; all share the same bytes. */
  private static final ByteString PAYLOAD =
      ByteString.copyFrom(new byte[(1 << 20) - LogEntry.OVERHEAD_BYTES]);

  private final Timestamp begin = new Timestamp(1_000_000_000_000L);
  private final VoterState late =
      new VoterState(new Lessee(LATE, 1), LeaseConfig.SHORT, Duration.ZERO, at(begin));
  private final LeaseHolder holder = new LeaseHolder(new Lessee(SELF, 1), LeaseConfig.SHORT);
  private final CoreState state = state();
  private final LeaderHandler handler =
      new LeaderHandler(state, new RoleTransitions(state), new MembershipHandler(state));
  private final Role.Leader leader = new Role.Leader(BALLOT, 1);
  private final FollowerProgress follower = new FollowerProgress(LATE);

  VoterLagTest() {
    late.boundDurable(LeaseConfig.SHORT.length());
    state.role = leader;
    follower.synced = true;
    leader.followers.put(LATE, follower);
    now(begin);
  }

  private static TTInterval at(Timestamp t) {
    return new TTInterval(t, t);
  }

  private CoreState state() {
    Lessee self = new Lessee(SELF, 1);
    ReplicaSet three = ReplicaSet.ofFull(List.of(SELF, new ServerId(2), LATE));
    return new CoreState(
        new CoreState.Setting(
            G, self, Configuration.of(three), PaxosConfig.of(LeaseConfig.SHORT), new NoRandom()),
        PaxosConfig.LeaderPreference.NONE,
        new VoterState(self, LeaseConfig.SHORT, Duration.ZERO, at(begin)),
        holder,
        RecoveredGroup.empty(G));
  }

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

  /** It is {@code t}, and the late one gives leases: it is up. */
  private void now(Timestamp t) {
    state.now = at(t);
    for (int i = 0; i < 2; i++) {
      holder.onReply(LATE, late.onRequest(holder.request(LATE, at(t)), at(t)));
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
