package io.meridiandb.txn.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.kernel.simulated.LinkConditions;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.gateway.FakeGroups.Group;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads over several groups and at the replica that is near (protocol C4). */
class SpreadReadsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final ServerId NEAR = new ServerId(7);

  private final FakeGroups fake = new FakeGroups(3);
  private final Accounts accounts = new Accounts(1_000);

  @BeforeEach
  void fill() {
    fake.border(accounts.key(100), 1);
    fake.border(accounts.key(200), 2);
    for (long id : new long[] {1, 2, 101, 102, 201, 202}) {
      long group = id / 100;
      fake.groups.get((int) group).rows.put(accounts.key(id), accounts.row(id, id));
    }
  }

  @AfterEach
  void end() {
    assertThat(fake.world.failures()).isEmpty();
    fake.close();
  }

  private Transaction strong() {
    return fake.gateway.begin(fake.nextId(), TransactionOptions.strongRead(DEADLINE));
  }

  private Transaction bounded(TimestampBound bound) {
    return fake.gateway.begin(fake.nextId(), TransactionOptions.read(bound, DEADLINE));
  }

  private List<String> rows(Transaction t, boolean reverse, long limit) {
    return Accounts.fetch(
        t.read(accounts.request(List.of(accounts.all()), LockMode.NONE, reverse, limit)));
  }

  private List<Long> timestamps() {
    List<Long> found = new ArrayList<>();
    for (Group group : fake.groups) {
      for (ReadCall call : group.reads) {
        found.add(call.getReadTimestampNanos());
      }
    }
    return found;
  }

  @Test
  void aReadOverSeveralGroupsIsInOrderAndAtOneTimestamp() {
    fake.run(() -> {
      Transaction t = strong();
      assertThat(rows(t, false, 0))
          .containsExactly("1=1", "2=2", "101=101", "102=102", "201=201", "202=202");
      assertThat(rows(t, true, 0))
          .containsExactly("202=202", "201=201", "102=102", "101=101", "2=2", "1=1");
      assertThat(timestamps()).hasSize(6).containsOnly(t.commit(Accounts.SCHEMA).nanos());
    });
  }

  @Test
  void severalGroupsAreAskedAtOnce() {
    fake.world.network().standard(LinkConditions.of(Duration.ofMillis(50), Duration.ofMillis(50)));
    fake.run(() -> {
      Duration before = fake.world.elapsed();
      Transaction t = strong();
      rows(t, false, 0);
      assertThat(fake.world.elapsed().minus(before)).isLessThan(Duration.ofMillis(250));
      assertThat(t.statistics().requests()).isLessThanOrEqualTo(3);
    });
  }

  @Test
  void aLimitHoldsOverAllGroups() {
    fake.run(() -> {
      assertThat(rows(strong(), false, 3)).containsExactly("1=1", "2=2", "101=101");
      assertThat(fake.groups.get(2).reads).isEmpty();
      List<KeyRange> points =
          List.of(
              KeyRange.point(accounts.key(1)),
              KeyRange.point(accounts.key(101)),
              KeyRange.point(accounts.key(201)));
      ReadRequest request = accounts.request(points, LockMode.NONE, false, 2);
      assertThat(Accounts.fetch(strong().read(request))).containsExactly("1=1", "101=101");
    });
  }

  @Test
  void ownWritesAreMergedInEveryGroup() {
    fake.run(() -> {
      Transaction t = fake.gateway.begin(fake.nextId(), TransactionOptions.readWrite(0, DEADLINE));
      t.write(
          List.of(
              Mutation.delete(accounts.key(2)),
              Mutation.put(accounts.key(150), accounts.row(150, 7)),
              Mutation.put(accounts.key(202), accounts.row(202, 8))),
          false,
          Accounts.SCHEMA);
      assertThat(Accounts.fetch(t.read(accounts.request(List.of(accounts.all()), LockMode.SHARED))))
          .containsExactly("1=1", "101=101", "102=102", "150=7", "201=201", "202=8");
    });
  }

  @Test
  void rowsThatHaveMovedAreLookedForWhereTheyAreSaidToBe() { // C5
    fake.owners.border(accounts.key(102), 2);
    fake.groups.get(2).rows.put(accounts.key(102), accounts.row(102, 102));
    fake.groups.get(1).rows.remove(accounts.key(102));
    fake.run(() ->
        assertThat(rows(strong(), false, 0))
            .containsExactly("1=1", "2=2", "101=101", "102=102", "201=201", "202=202"));
    assertThat(fake.router.corrections).isPositive();
  }

  @Test
  void rowsThatNobodyOwnsEndWithAnError() {
    fake.owners.border(accounts.key(0), 2); // group 2 says so, and the router believes nobody
    fake.owners.border(accounts.key(100), 0);
    fake.groups.forEach(group -> group.neverOwns = true);
    fake.run(() -> {
      Transaction t =
          fake.gateway.begin(fake.nextId(), TransactionOptions.strongRead(Duration.ofSeconds(2)));
      assertThatThrownBy(() -> rows(t, false, 0))
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.UNAVAILABLE);
    });
  }

  private void nearReplica() {
    fake.serve(NEAR);
    for (Group group : fake.groups) {
      fake.router.replicas.put(group.id, List.of(NEAR, group.leader));
      fake.router.far.add(group.leader);
    }
  }

  /** 160 ms there and back. */
  private void leadersFarAway() {
    List<ServerId> leaders = fake.groups.stream().map(group -> group.leader).toList();
    fake.world
        .network()
        .latencies(
            LatencyMatrix.preset("three-regions", List.of("here", "between", "there")),
            server -> leaders.contains(server) ? "there" : "here");
  }

  @Test
  void aReadOfThePastIsServedByTheNearestReplica() { // C4: exact staleness
    nearReplica();
    fake.groups.forEach(group -> fake.world.network().isolate(group.leader));
    fake.run(() -> {
      Transaction t = bounded(TimestampBound.ofExactStaleness(Duration.ofSeconds(10)));
      Timestamp now = fake.gateway.nowLatest();
      assertThat(rows(t, false, 0)).hasSize(6);
      long age = now.nanos() - t.commit(Accounts.SCHEMA).nanos();
      assertThat(Duration.ofNanos(age)).isBetween(Duration.ofMillis(9_990), Duration.ofSeconds(10));
      assertThat(t.statistics().wanRounds()).isZero();
    });
    assertThat(fake.groups.getFirst().reads.getFirst().getFollowerAllowed()).isTrue();
  }

  @Test
  void aStrongReadFarFromTheLeaderIsServedNearbyAtAFixedTimestamp() { // C4: half a round trip
    nearReplica();
    leadersFarAway();
    fake.run(() -> {
      assertThat(rows(strong(), false, 0)).hasSize(6); // how far they are is measured first
      fake.groups.forEach(group -> group.reads.clear());
      Timestamp before = fake.gateway.nowLatest();
      Transaction t = strong();
      assertThat(rows(t, false, 0)).hasSize(6);
      assertThat(t.commit(Accounts.SCHEMA)).isGreaterThanOrEqualTo(before);
      assertThat(t.statistics().wanRounds()).isZero();
    });
    assertThat(timestamps()).doesNotContain(0L);
  }

  @Test
  void aReplicaThatIsBehindOrSilentSendsTheReadToTheLeader() {
    nearReplica();
    fake.behind.add(NEAR);
    fake.run(() -> {
      Transaction t = strong();
      assertThat(rows(t, false, 0)).hasSize(6);
      assertThat(t.statistics().wanRounds()).isPositive();
    });
    fake.world.network().isolate(NEAR);
    fake.run(() -> {
      assertThat(rows(strong(), false, 0)).hasSize(6);
      Duration before = fake.world.elapsed();
      assertThat(rows(strong(), false, 0)).hasSize(6);
      assertThat(fake.world.elapsed().minus(before))
          .as("a silent one is left alone for a while")
          .isLessThan(LeaderCall.FOLLOWER_TIMEOUT);
    });
  }

  @Test
  void boundedStalenessTakesWhatTheNearestReplicaHas() { // C4
    nearReplica();
    fake.run(() -> {
      Timestamp now = fake.gateway.nowLatest();
      Transaction fresh = bounded(TimestampBound.ofMaxStaleness(Duration.ofSeconds(10)));
      assertThat(rows(fresh, false, 4)).hasSize(4);
      Duration age = Duration.ofNanos(now.nanos() - fresh.commit(Accounts.SCHEMA).nanos());
      assertThat(age).isLessThanOrEqualTo(ReadOnlyTransaction.FRESH);
      fake.behindSince = now.plus(Duration.ofSeconds(-3)).nanos();
      fake.behind.add(NEAR);
      fake.groups.forEach(group -> fake.world.network().isolate(group.leader));
      Transaction old = bounded(TimestampBound.ofMaxStaleness(Duration.ofSeconds(10)));
      assertThat(rows(old, false, 4)).hasSize(4);
      Duration oldAge = Duration.ofNanos(now.nanos() - old.commit(Accounts.SCHEMA).nanos());
      assertThat(oldAge).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(10));
      assertThat(old.statistics().wanRounds()).isZero();
    });
  }

  @Test
  void requestsThatLeaveTheRegionAreCountedInSequence() { // B
    fake.groups.forEach(group -> fake.router.far.add(group.leader));
    fake.run(() -> {
      Transaction t = fake.gateway.begin(fake.nextId(), TransactionOptions.readWrite(0, DEADLINE));
      accounts.amount(t, 1, LockMode.EXCLUSIVE);
      t.write(
          List.of(
              Mutation.put(accounts.key(1), accounts.row(1, 7)),
              Mutation.put(accounts.key(101), accounts.row(101, 8))),
          false,
          Accounts.SCHEMA);
      assertThat(t.statistics().wanRounds()).isEqualTo(1);
      t.commit(Accounts.SCHEMA);
      assertThat(t.statistics().wanRounds()).isEqualTo(2);
      fake.router.far.clear();
      fake.router.votesAreFar = true;
      Transaction near =
          fake.gateway.begin(fake.nextId(), TransactionOptions.readWrite(0, DEADLINE));
      near.write(
          List.of(
              Mutation.put(accounts.key(1), accounts.row(1, 7)),
              Mutation.put(accounts.key(101), accounts.row(101, 8))),
          false,
          Accounts.SCHEMA);
      near.commit(Accounts.SCHEMA);
      assertThat(near.statistics().wanRounds()).as("two groups, one round").isEqualTo(1);
    });
  }
}
