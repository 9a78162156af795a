package io.meridiandb.txn.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.FakeGroups.Group;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway's side of transactions over several groups (protocol C3 with G8, G11, G12, G14). */
class SeveralGroupsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final SchemaVersion SCHEMA = Accounts.SCHEMA;

  private final FakeGroups fake = new FakeGroups(3);
  private final Accounts accounts = new Accounts(1_000);
  private final Group zero = fake.groups.get(0);
  private final Group one = fake.groups.get(1);
  private final Group two = fake.groups.get(2);

  @BeforeEach
  void borders() {
    fake.border(accounts.key(100), 1);
    fake.border(accounts.key(200), 2);
  }

  @AfterEach
  void end() {
    assertThat(fake.world.failures()).isEmpty();
    fake.close();
  }

  private Transaction begin() {
    return begin(AnchorKeeper.NOBODY);
  }

  private Transaction begin(AnchorKeeper anchors) {
    return fake.gateway.begin(
        fake.nextId(), TransactionOptions.readWrite(0, DEADLINE).withAnchors(anchors));
  }

  private void put(Transaction transaction, long... ids) {
    for (long id : ids) {
      Mutation put = Mutation.put(accounts.key(id), accounts.row(id, id));
      transaction.write(List.of(put), false, SCHEMA);
    }
  }

  private static void assertCode(ThrowingCallable body, ErrorCode code) {
    assertThatThrownBy(body)
        .isInstanceOf(MeridianException.class)
        .extracting(e -> ((MeridianException) e).code())
        .isEqualTo(code);
  }

  private OutcomeCall ended(Group group, TxnId id) {
    fake.world.runUntil(() -> group.ended(id) != null, Duration.ofSeconds(60));
    OutcomeCall outcome = group.ended(id);
    if (outcome == null) {
      throw new AssertionError(group.id + " has heard of no outcome");
    }
    return outcome;
  }

  @Test
  void oneGroupIsOneRequestAsBefore() {
    fake.run(() -> {
      Transaction t = begin();
      put(t, 101, 102);
      t.commit(SCHEMA);
      assertThat(t.statistics().requests()).isEqualTo(1);
    });
    assertThat(one.commits).hasSize(1);
    assertThat(one.commits.getFirst().getAnchor()).isEqualTo(1);
    assertThat(one.prepares).isEmpty();
  }

  @Test
  void allAreAskedAtOnceAndTheGreatestTimestampIsTheCommits() { // C3, G8
    List<Timestamp> committed = new ArrayList<>();
    List<TxnId> ids = new ArrayList<>();
    fake.run(() -> {
      Transaction t = begin();
      put(t, 1, 101, 201);
      committed.add(t.commit(SCHEMA));
      ids.add(t.id());
      assertThat(fake.clock.after(committed.getFirst())).as("commit wait").isTrue();
      assertThat(t.statistics().requests()).as("requests in sequence").isEqualTo(1);
    });
    long greatest = 0;
    for (Group group : fake.groups) {
      OutcomeCall outcome = ended(group, ids.getFirst());
      assertThat(outcome.getCommitted()).isTrue();
      assertThat(outcome.getTimestampNanos()).isEqualTo(committed.getFirst().nanos());
      PrepareCall call = group.prepares.getFirst();
      assertThat(call.getParticipantsList()).containsExactly(0L, 1L, 2L);
      assertThat(call.getWritesCount()).isEqualTo(1);
      greatest = Math.max(greatest, outcome.getTimestampNanos());
      assertThat(group.rows).hasSize(1);
    }
    assertThat(committed.getFirst().nanos()).isEqualTo(greatest);
  }

  @Test
  void whoHoldsWhatOthersNeedDoesNotWaitLong() { // sweep, seeds 641 and 964
    Duration most = Duration.ofSeconds(5);
    fake.run(() -> {
      Transaction t = begin();
      assertThat(rows(t, LockMode.EXCLUSIVE, 0, 100)).isEmpty();
      t.waitAtMost(most);
      fake.world.network().cutBothWays(FakeGroups.HOME, one.leader);
      Duration before = fake.world.elapsed();
      assertCode(() -> rows(t, LockMode.SHARED, 100, 200), ErrorCode.UNAVAILABLE);
      assertThat(fake.world.elapsed().minus(before)).isBetween(most, most.plusSeconds(1));
      t.rollback();
    });
  }

  @Test
  void aGroupThatWasOnlyReadVotesToo() { // G8: reading participants
    List<TxnId> ids = new ArrayList<>();
    fake.run(() -> {
      Transaction t = begin();
      assertThat(rows(t, LockMode.SHARED, 100, 200)).isEmpty();
      put(t, 1);
      t.commit(SCHEMA);
      ids.add(t.id());
    });
    assertThat(one.prepares).hasSize(1);
    assertThat(one.prepares.getFirst().getWritesCount()).isZero();
    assertThat(one.prepares.getFirst().getHolding().getGrant()).isNotZero();
    assertThat(zero.prepares).hasSize(1);
    assertThat(two.prepares).isEmpty();
    assertThat(ended(one, ids.getFirst()).getCommitted()).isTrue();
  }

  @Test
  void locksOfAReaderInSeveralGroupsAreLetGoWithoutALogEntry() {
    fake.run(() -> {
      Transaction t = begin();
      rows(t, LockMode.SHARED, 0, 300);
      Timestamp at = t.commit(SCHEMA);
      assertThat(at).isGreaterThan(Timestamp.ZERO);
    });
    for (Group group : fake.groups) {
      assertThat(group.commits).hasSize(1);
      assertThat(group.prepares).isEmpty();
    }
  }

  @Test
  void aFinalNoAbortsEverywhereAtOnce() { // G12
    one.refusePrepares.add(FakeGroups.refusal(Reason.WOUNDED).build());
    List<TxnId> ids = new ArrayList<>();
    fake.run(() -> {
      Transaction t = begin();
      put(t, 1, 101);
      ids.add(t.id());
      assertCode(() -> t.commit(SCHEMA), ErrorCode.DEADLOCK_WOUNDED);
    });
    assertThat(ended(zero, ids.getFirst()).getCommitted()).isFalse();
    assertThat(zero.rows).isEmpty();
  }

  @Test
  void aConditionThatDoesNotHoldSomewhereIsToldWithItsKey() {
    fake.run(() -> {
      Transaction first = begin();
      put(first, 101);
      first.commit(SCHEMA);
      Transaction t = begin();
      put(t, 1);
      Mutation insert = Mutation.insert(accounts.key(101), accounts.row(101, 5));
      t.write(List.of(insert), false, SCHEMA);
      assertThatThrownBy(() -> t.commit(SCHEMA))
          .isInstanceOf(ConditionFailedException.class)
          .extracting(e -> ((ConditionFailedException) e).key())
          .isEqualTo(accounts.key(101));
    });
  }

  @Test
  void aLostVoteIsAskedForAgain() { // C3: the vote is in the log
    one.losePrepareReplies = 2;
    fake.run(() -> {
      Transaction t = begin();
      put(t, 1, 101);
      t.commit(SCHEMA);
    });
    assertThat(one.prepares).hasSize(3);
    arrives(one, 1);
  }

  @Test
  void aGatewayWithoutAnAnswerRecoversInsteadOfGuessing() { // C3: abort only with proof
    one.losePrepareReplies = Integer.MAX_VALUE;
    fake.run(() -> {
      Transaction t =
          fake.gateway.begin(fake.nextId(), TransactionOptions.readWrite(0, Duration.ofSeconds(5)));
      put(t, 1, 101);
      t.commit(SCHEMA); // both had prepared: so it is committed
    });
    arrives(zero, 1);
    arrives(one, 1);
  }

  private void arrives(Group group, int rows) {
    fake.world.runUntil(() -> group.rows.size() == rows, Duration.ofSeconds(60));
  }

  @Test
  void aParticipantThatCannotBeReachedLeavesTheOutcomeOpen() {
    fake.world.network().isolate(one.leader);
    fake.run(() -> {
      Transaction t =
          fake.gateway.begin(fake.nextId(), TransactionOptions.readWrite(0, Duration.ofSeconds(3)));
      put(t, 1, 101);
      assertCode(() -> t.commit(SCHEMA), ErrorCode.TRANSACTION_OUTCOME_UNKNOWN);
    });
    assertThat(zero.rows).isEmpty();
  }

  @Test
  void aCommitBeyondALeaseAborts() { // G8: writing participants too
    one.leaseLength = Duration.ofNanos(-1);
    List<TxnId> ids = new ArrayList<>();
    fake.run(() -> {
      Transaction t = begin();
      put(t, 1, 101);
      ids.add(t.id());
      assertCode(() -> t.commit(SCHEMA), ErrorCode.SERIALIZATION_FAILURE);
    });
    assertThat(ended(zero, ids.getFirst()).getCommitted()).isFalse();
    assertThat(ended(one, ids.getFirst()).getCommitted()).isFalse();
  }

  @Test
  void aSchemaChangeInOneGroupLeavesTheOthersVotes() { // G15
    one.refusePrepares.add(FakeGroups.refusal(Reason.SCHEMA_CHANGED).setSchemaVersion(7).build());
    fake.run(() -> {
      Transaction t = begin();
      put(t, 1, 101);
      assertThatThrownBy(() -> t.commit(SCHEMA)).isInstanceOf(SchemaChangedException.class);
      t.commit(new SchemaVersion(7));
    });
    assertThat(zero.prepares).hasSize(1);
    assertThat(one.prepares).hasSize(2);
    assertThat(one.prepares.getLast().getSchemaVersion()).isEqualTo(7);
    arrives(one, 1);
  }

  @Test
  void whatIsPreparedIsEndedByARollbackAfterASchemaChange() {
    one.refusePrepares.add(FakeGroups.refusal(Reason.SCHEMA_CHANGED).setSchemaVersion(7).build());
    List<TxnId> ids = new ArrayList<>();
    fake.run(() -> {
      Transaction t = begin();
      put(t, 1, 101);
      assertThatThrownBy(() -> t.commit(SCHEMA)).isInstanceOf(SchemaChangedException.class);
      t.rollback();
      ids.add(t.id());
    });
    assertThat(ended(zero, ids.getFirst()).getCommitted()).isFalse();
  }

  @Test
  void outcomesAreToldUntilTheyArrive() { // G13
    one.loseOutcomes = 3;
    List<TxnId> ids = new ArrayList<>();
    fake.run(() -> {
      Transaction t = begin();
      put(t, 1, 101);
      t.commit(SCHEMA);
      ids.add(t.id());
      assertThat(one.ended(t.id())).as("the client does not wait for it").isNull();
    });
    assertThat(ended(one, ids.getFirst()).getCommitted()).isTrue();
  }

  @Test
  void rowsThatHaveMovedAreWrittenByTheNextAttempt() { // C5, G11
    fake.owners.border(accounts.key(150), 2); // the router does not know
    fake.generation++;
    fake.run(() -> {
      Transaction t = begin();
      put(t, 150);
      assertCode(() -> t.commit(SCHEMA), ErrorCode.SERIALIZATION_FAILURE);
      assertThat(one.prepare(lateCopy(t.id())).hasVote()).as("refused for good").isFalse();
      Transaction again = begin();
      put(again, 150);
      again.commit(SCHEMA);
    });
    assertThat(two.rows).hasSize(1);
    assertThat(one.rows).isEmpty();
  }

  private static PrepareCall lateCopy(TxnId id) {
    PrepareCall.Builder late = PrepareCall.newBuilder();
    late.getHoldingBuilder().setTxn(Protos.txn(id));
    return late.build();
  }

  @Test
  void aPrepareWhereRowsHaveMovedAwayAbortsWithProof() {
    fake.owners.border(accounts.key(150), 2);
    List<TxnId> ids = new ArrayList<>();
    fake.run(() -> {
      Transaction t = begin();
      put(t, 1, 150);
      ids.add(t.id());
      assertCode(() -> t.commit(SCHEMA), ErrorCode.SERIALIZATION_FAILURE);
    });
    assertThat(ended(zero, ids.getFirst()).getCommitted()).isFalse();
    assertThat(fake.router.locate(accounts.key(150))).isEqualTo(new GroupId(2));
  }

  @Test
  void locksFollowRowsThatHaveMoved() {
    fake.owners.border(accounts.key(150), 2);
    fake.run(() -> {
      Transaction t = begin();
      Mutation insert = Mutation.insert(accounts.key(150), accounts.row(150, 1));
      t.write(List.of(insert), true, SCHEMA);
      assertThat(rows(t, LockMode.EXCLUSIVE, 150, 300)).containsExactly("150=1");
      t.commit(SCHEMA);
    });
    assertThat(two.rows).hasSize(1);
    assertThat(one.rollbacks).as("locks of what it does not own are given back").isEqualTo(1);
    assertThat(one.prepares).as("so it takes no part").isEmpty();
  }

  @Test
  void aRangeLockIsCutAtBordersAndBelongsToTheVote() { // G23
    fake.run(() -> {
      Transaction t = begin();
      KeyRange range = new KeyRange(accounts.key(150), accounts.key(250));
      t.lockRange(range);
      put(t, 1);
      t.commit(SCHEMA);
    });
    assertThat(one.lockCalls.getFirst().getExclusiveRangesList())
        .containsExactly(Protos.range(new KeyRange(accounts.key(150), accounts.key(200))));
    assertThat(one.prepares.getFirst().getExclusiveRangesList())
        .isEqualTo(one.lockCalls.getFirst().getExclusiveRangesList());
    assertThat(two.prepares.getFirst().getExclusiveRangesCount()).isEqualTo(1);
    assertThat(zero.prepares.getFirst().getExclusiveRangesCount()).isZero();
  }

  /** A client that knows an anchor and takes note of others. */
  private static final class Client implements AnchorKeeper {
    GroupId known = GroupId.ZERO;
    final List<GroupId> told = new ArrayList<>();
    boolean deaf;

    @Override
    public GroupId known() {
      return known;
    }

    @Override
    public void tell(TxnId id, GroupId anchor) {
      if (deaf) {
        throw new MeridianException(ErrorCode.CONNECTION_FAILURE, "the client is gone");
      }
      told.add(anchor);
      known = anchor;
    }
  }

  @Test
  void theClientKnowsTheAnchorBeforeAnythingIsSent() { // G14, attack 20
    Client client = new Client();
    fake.run(() -> {
      Transaction t = begin(client);
      put(t, 101, 201);
      assertThat(t.anchor()).isEqualTo(new GroupId(1));
      t.commit(SCHEMA);
      assertThat(client.told).containsExactly(new GroupId(1));
      Transaction hinted = begin(client);
      put(hinted, 1, 102);
      hinted.commit(SCHEMA); // group 1 takes part: the client's hint will do
      assertThat(client.told).hasSize(1);
      assertThat(zero.prepares.getFirst().getAnchor()).isEqualTo(1);
      client.deaf = true;
      Transaction untold = begin(client);
      put(untold, 202);
      assertCode(() -> untold.commit(SCHEMA), ErrorCode.CONNECTION_FAILURE);
    });
    assertThat(two.commits).as("no acknowledged anchor: nothing was sent").isEmpty();
    assertThat(two.rows).hasSize(1);
  }

  private List<String> rows(Transaction transaction, LockMode mode, long from, long to) {
    KeyRange range = new KeyRange(accounts.key(from), accounts.key(to));
    return Accounts.fetch(transaction.read(accounts.request(List.of(range), mode)));
  }
}
