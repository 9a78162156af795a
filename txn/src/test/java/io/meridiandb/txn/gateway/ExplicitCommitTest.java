package io.meridiandb.txn.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.gateway.FakeGroups.Group;
import io.meridiandb.txn.participant.CommitMode;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.VoteCall;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway's side of transactions whose outcome is their anchor's (protocol G22). */
class ExplicitCommitTest {
  private static final int MOST = TxnLimits.IMPLIED_PARTICIPANTS_MAX;
  private static final SchemaVersion SCHEMA = Accounts.SCHEMA;

  private final FakeGroups fake = new FakeGroups(MOST + 1);
  private final Accounts accounts = new Accounts(1_000);
  private final Group anchor = fake.groups.getFirst();

  @BeforeEach
  void borders() {
    for (int group = 1; group <= MOST; group++) {
      fake.border(accounts.key(100L * group), group);
    }
  }

  @AfterEach
  void end() {
    assertThat(fake.world.failures()).isEmpty();
    fake.close();
  }

  /** A transaction that writes one row in each of so many groups. */
  private Transaction writes(int groups, Duration deadline) {
    Transaction t = fake.gateway.begin(fake.nextId(), TransactionOptions.readWrite(0, deadline));
    List<Mutation> rows = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      rows.add(Mutation.put(accounts.key(100L * group), accounts.row(100L * group, 1)));
    }
    t.write(rows, false, SCHEMA);
    return t;
  }

  private Transaction writes(int groups) {
    return writes(groups, Duration.ofSeconds(20));
  }

  private void allHave(boolean committed, TxnId id) {
    fake.world.runUntil(
        () -> fake.groups.stream().allMatch(group -> group.ended(id) != null),
        Duration.ofSeconds(60));
    for (Group group : fake.groups) {
      OutcomeCall ended = group.ended(id);
      assertThat(ended != null && ended.getCommitted()).as("%s", group.id).isEqualTo(committed);
      assertThat(group.rows).hasSize(committed ? 1 : 0);
    }
  }

  @Test
  void sixteenGroupsCommitByTheirVotesAlone() { // G22: the edge
    fake.run(() -> {
      Transaction t = writes(MOST);
      t.commit(SCHEMA);
      assertThat(t.statistics().requests()).as("requests in sequence").isEqualTo(1);
    });
    for (Group group : fake.groups.subList(0, MOST)) {
      PrepareCall call = group.prepares.getFirst();
      assertThat(call.getExplicit()).isFalse();
      assertThat(call.getParticipantsCount()).isEqualTo(MOST);
    }
  }

  @Test
  void seventeenCommitByTheAnchorsOutcome() { // G22
    TxnId[] id = new TxnId[1];
    fake.run(() -> {
      Transaction t = writes(MOST + 1);
      id[0] = t.id();
      t.commit(SCHEMA);
      OutcomeCall decided = anchor.ended(t.id());
      assertThat(decided != null && decided.getCommitted()).as("before the client hears").isTrue();
      assertThat(t.statistics().requests()).as("requests in sequence").isEqualTo(2);
    });
    for (Group group : fake.groups) {
      PrepareCall call = group.prepares.getFirst();
      assertThat(call.getExplicit()).isTrue();
      assertThat(call.getAnchor()).isEqualTo(anchor.id.value());
      int named = group == anchor ? MOST + 1 : 1;
      assertThat(call.getParticipantsList()).as("who has the list").hasSize(named);
      assertThat(call.getParticipantsList()).contains(group.id.value());
    }
    allHave(true, id[0]);
  }

  @Test
  void aLongListIsExplicitToo() { // G22
    int bytes = TxnLimits.IMPLIED_LIST_BYTES_MAX;
    assertThat(CommitMode.of(MOST, bytes)).isEqualTo(CommitMode.IMPLIED);
    assertThat(CommitMode.of(MOST, bytes + 1)).isEqualTo(CommitMode.EXPLICIT);
    assertThat(CommitMode.of(MOST + 1, bytes)).isEqualTo(CommitMode.EXPLICIT);
  }

  @Test
  void anOutcomeWhoseAnswerIsLostIsToldAgain() {
    anchor.loseOutcomeReplies = 2;
    TxnId[] id = new TxnId[1];
    fake.run(() -> {
      Transaction t = writes(MOST + 1);
      id[0] = t.id();
      t.commit(SCHEMA);
    });
    allHave(true, id[0]);
  }

  @Test
  void whatARecoveryHasAbortedAtTheAnchorIsAborted() { // G22: the first outcome there stands
    anchor.loseOutcomes = 1; // the gateway's commit is late: a participant has asked before it
    TxnId[] id = new TxnId[1];
    fake.run(() -> {
      Transaction t = writes(MOST + 1);
      id[0] = t.id();
      fake.world.schedule(
          Duration.ofSeconds(1),
          () -> {
            VoteCall.Builder asked = VoteCall.newBuilder().setExplicit(true);
            asked.setTxn(anchor.prepares.getFirst().getHolding().getTxn());
            anchor.vote(asked.build());
          });
      assertThatThrownBy(() -> t.commit(SCHEMA))
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.SERIALIZATION_FAILURE);
    });
    allHave(false, id[0]);
  }

  @Test
  void aVoteThatDoesNotComeIsMadeUpForByTheAnchor() { // G22: nobody else is asked
    Group mute = fake.groups.getLast();
    mute.losePrepareReplies = Integer.MAX_VALUE;
    TxnId[] id = new TxnId[1];
    fake.run(() -> {
      Transaction t = writes(MOST + 1, Duration.ofSeconds(5));
      id[0] = t.id();
      assertThatThrownBy(() -> t.commit(SCHEMA))
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.SERIALIZATION_FAILURE);
    });
    allHave(false, id[0]); // though all were prepared
    for (Group group : fake.groups) {
      assertThat(group.votesAsked).hasSize(group == anchor ? 1 : 0);
    }
  }

  @Test
  void anAnchorOutOfReachLeavesTheOutcomeOpen() {
    anchor.loseOutcomes = Integer.MAX_VALUE;
    fake.run(() -> {
      Transaction t = writes(MOST + 1, Duration.ofSeconds(5));
      fake.world.schedule(Duration.ofSeconds(1), () -> fake.world.network().isolate(anchor.leader));
      assertThatThrownBy(() -> t.commit(SCHEMA))
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.TRANSACTION_OUTCOME_UNKNOWN);
    });
    assertThat(fake.groups).allMatch(group -> group.rows.isEmpty());
    assertThat(fake.router.locate(accounts.key(0))).isEqualTo(GroupId.ZERO);
  }
}
