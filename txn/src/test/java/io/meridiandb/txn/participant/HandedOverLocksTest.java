package io.meridiandb.txn.participant;

import static io.meridiandb.txn.participant.Calls.commit;
import static io.meridiandb.txn.participant.Calls.holding;
import static io.meridiandb.txn.participant.Calls.insert;
import static io.meridiandb.txn.participant.Calls.key;
import static io.meridiandb.txn.participant.Calls.put;
import static io.meridiandb.txn.participant.Calls.read;
import static io.meridiandb.txn.participant.Calls.txn;
import static io.meridiandb.txn.participant.TwoGroupsScenario.BOTH;
import static io.meridiandb.txn.participant.TwoGroupsScenario.leaderOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.Holding;
import io.meridiandb.txn.proto.KeepAlive;
import io.meridiandb.txn.proto.LockCall;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.RollbackNotice;
import io.meridiandb.txn.proto.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A leader hands its locks over: who held them goes on, and nobody else gains by it (G7). */
class HandedOverLocksTest {
  private static final TxnId T = txn(10);
  private static final String LIVED = "txn.handover.lived";

  private final TwoGroupsScenario two = new TwoGroupsScenario();
  private final FakeGroup group = two.a;

  @Test
  void aTransactionGoesOnAtTheNextLeader() {
    Holding held = lock(two, T, LockMode.SHARED, "a", "c");
    group.handOver(1);
    assertThat(rows(reads(group, held, LockMode.EXCLUSIVE, "a", "b"))).isEmpty();
    assertThat(commits(group, held, put("a", "1")).hasRefusal()).isFalse();
    assertThat(two.rows(group)).containsExactly("a=1");
    assertThat(group.events.counted(LIVED)).isEqualTo(1);
    assertThat(leaderOf(group).lockHolders()).as("and gives its locks back").isZero();
  }

  @Test
  void itsLocksStandAgainstOthersThere() {
    Holding held = lock(two, T, LockMode.SHARED, "a", "c");
    group.handOver(1);
    List<CommitReply> younger = two.beginCommit(group, txn(20), put("b", "2"));
    two.settle();
    assertThat(younger).as("the gap that was read stays as it was").isEmpty();
    commits(group, held, put("a", "1"));
    two.settle();
    assertThat(younger.getFirst().hasRefusal()).isFalse();
  }

  @Test
  void whatIsLockedForWritingIsReadByNobody() {
    Holding held = lock(two, T, LockMode.EXCLUSIVE, "a", "b");
    group.handOver(1);
    List<ReadReply> readers = new ArrayList<>();
    ReadCall call =
        read(new KeyRange(key("a"), key("b")), LockMode.SHARED, holding(txn(20), group.epoch(), 0));
    leaderOf(group).read(call, readers::add);
    two.settle();
    assertThat(readers).isEmpty();
    commits(group, held, put("a", "1"));
    two.settle();
    assertThat(rows(readers.getFirst())).containsExactly("a=1");
  }

  @Test
  void withoutTheHandOverItIsRefused() {
    TwoGroupsScenario before = new TwoGroupsScenario(Rule.LOCKS_ARE_HANDED_OVER);
    Holding held = lock(before, T, LockMode.SHARED, "a", "c");
    before.a.handOver(1);
    assertThat(commits(before.a, held, put("a", "1")).getRefusal().getReason())
        .isEqualTo(Reason.WRONG_EPOCH);
    assertThat(before.a.events.counted(LIVED)).isZero();
  }

  @Test
  void whatNeverArrivesIsLost() { // a lost RELEASE, or a target that was not elected
    Holding held = lock(two, T, LockMode.SHARED, "a", "c");
    group.handOver(1, given -> ByteString.EMPTY);
    assertThat(reads(group, held, LockMode.SHARED, "a", "b").getRefusal().getReason())
        .isEqualTo(Reason.LOCKS_LOST);
    assertThat(commits(group, held, put("a", "1")).getRefusal().getReason())
        .isEqualTo(Reason.WRONG_EPOCH);
  }

  @Test
  void aSuccessorThatDiesTakesThemAlong() {
    Holding held = lock(two, T, LockMode.SHARED, "a", "c");
    group.handOver(1);
    group.changeLeader(2, 0);
    assertThat(commits(group, held, put("a", "1")).getRefusal().getReason())
        .isEqualTo(Reason.WRONG_EPOCH);
  }

  @Test
  void aSecondHandOverGivesOnWhatTheFirstGave() {
    Holding first = lock(two, T, LockMode.EXCLUSIVE, "a", "b");
    group.handOver(1);
    Holding second = lock(two, txn(20), LockMode.EXCLUSIVE, "b", "c");
    group.handOver(2);
    group.handOver(0);
    assertThat(second.getGrant()).as("numbers go on").isGreaterThan(first.getGrant());
    assertThat(commits(group, first, put("a", "1")).hasRefusal()).isFalse();
    assertThat(commits(group, second, put("b", "1")).hasRefusal()).isFalse();
    assertThat(group.events.counted(LIVED)).isEqualTo(2);
  }

  @Test
  void onlyTheHoldingItselfIsHonoured() {
    Holding held = lock(two, T, LockMode.SHARED, "a", "c");
    lock(two, txn(20), LockMode.SHARED, "a", "c");
    group.handOver(1);
    Holding otherNumber = held.toBuilder().setGrant(held.getGrant() + 1).build();
    Holding otherAttempt =
        held.toBuilder().setTxn(Protos.txn(new TxnId(1, 1, T.sequence(), 2))).build();
    Holding noNumber = held.toBuilder().setGrant(0).build();
    Holding tooOld = held.toBuilder().setEpoch(held.getEpoch() - 1).build();
    for (Holding each : List.of(otherNumber, otherAttempt, noNumber, tooOld)) {
      assertThat(commits(group, each, put("z", "1")).getRefusal().getReason())
          .as("%s", each)
          .isEqualTo(Reason.WRONG_EPOCH);
    }
    assertThat(commits(group, held, put("a", "1")).hasRefusal()).isFalse();
  }

  /** 11: a no at the leader before is final, though the attempts beside it live on. */
  @Test
  void attack11ANoOfTheLeaderBefore() { // G7
    assertThat(answerToWhatWasRefused().getRefusal().getReason()).isEqualTo(Reason.WRONG_EPOCH);
    assertThat(answerToWhatWasRefused(Rule.ONLY_WHAT_IS_HANDED_OVER).hasVote()).isTrue();
  }

  private static PrepareReply answerToWhatWasRefused(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    two.committed(two.a, txn(1), put("k", "1"));
    lock(two, txn(20), LockMode.SHARED, "x", "y"); // something is handed over
    PrepareCall call =
        Calls.prepare(holding(T, two.a.epoch(), 0), two.a.nowNanos, BOTH, insert("k", "2"));
    List<PrepareReply> replies = new ArrayList<>();
    leaderOf(two.a).prepare(call, replies::add);
    two.settle();
    assertThat(replies.getFirst().getRefusal().getReason()).isEqualTo(Reason.CONDITION_FAILED);
    two.committed(two.a, txn(2), Calls.delete("k"));
    two.a.handOver(1);
    leaderOf(two.a).prepare(call, replies::add); // a duplicate, when the condition holds
    two.settle();
    return replies.getLast();
  }

  /** The same of one that had locks: its no must not become a yes because they went along. */
  @Test
  void attack11ANoToWhoHeldLocks() { // G12
    assertThat(answerToAFullDisk().getRefusal().getReason()).isEqualTo(Reason.WRONG_EPOCH);
    assertThat(answerToAFullDisk(Rule.REFUSED_STAYS_BEHIND).hasRefusal()).isFalse();
  }

  private static CommitReply answerToAFullDisk(Rule... without) {
    TwoGroupsScenario two = new TwoGroupsScenario(without);
    Holding held = lock(two, T, LockMode.SHARED, "a", "c");
    CommitCall call = call(two.a, held, put("a", "1"));
    two.a.logFull = true;
    assertThat(commits(two.a, call).getRefusal().getReason()).isEqualTo(Reason.FAILED);
    two.a.logFull = false;
    two.a.handOver(1);
    return commits(two.a, call);
  }

  @Test
  void whoWasWoundedStaysDead() {
    Holding held = lock(two, T, LockMode.EXCLUSIVE, "a", "b");
    lock(two, txn(5), LockMode.EXCLUSIVE, "a", "b"); // older
    group.handOver(1);
    List<ReadReply> late = beginRead(group, held.toBuilder().setGrant(0).build(), "x", "y");
    two.settle();
    assertThat(late.getFirst().getGrant()).as("a late first request").isNotEqualTo(held.getGrant());
    assertThat(reads(group, held, LockMode.SHARED, "a", "b").getRefusal().getReason())
        .isEqualTo(Reason.LOCKS_LOST);
    assertThat(commits(group, held, put("a", "1")).getRefusal().getReason())
        .isEqualTo(Reason.WRONG_EPOCH);
  }

  @Test
  void whoIsWoundedLaterDoesNotComeBackByALateRequest() {
    Holding held = lock(two, T, LockMode.EXCLUSIVE, "a", "b");
    group.handOver(1);
    assertThat(commits(group, holding(txn(5), group.epoch(), 0), put("a", "5")).hasRefusal())
        .isFalse();
    List<ReadReply> late = beginRead(group, held.toBuilder().setGrant(0).build(), "a", "b");
    two.settle();
    assertThat(late.getFirst().getGrant()).isGreaterThan(held.getGrant());
    assertThat(commits(group, held, put("a", "1")).hasRefusal()).as("a lost update").isTrue();
  }

  @Test
  void whatWasUnderWayIsDoneOnce() {
    Holding held = lock(two, T, LockMode.SHARED, "a", "c");
    CommitCall call = call(group, held, put("a", "1"));
    List<CommitReply> replies = new ArrayList<>();
    leaderOf(group).commit(call, replies::add); // appended, not chosen
    group.run();
    group.handOver(1);
    assertThat(leaderOf(group).lockHolders()).as("it has committed").isZero();
    int entries = group.log.size();
    CommitReply again = commits(group, call);
    assertThat(again.hasRefusal()).isFalse();
    assertThat(group.log).as("nothing more is appended").hasSize(entries);
    assertThat(two.rows(group)).containsExactly("a=1");
  }

  @Test
  void whatWaitedForTheLogIsSentAgain() {
    Holding held = lock(two, T, LockMode.SHARED, "a", "c");
    group.unchosenMax = 0; // the log takes nothing now
    CommitCall call = call(group, held, put("a", "1"));
    List<CommitReply> replies = new ArrayList<>();
    leaderOf(group).commit(call, replies::add);
    group.run();
    group.handOver(1);
    group.unchosenMax = Integer.MAX_VALUE;
    assertThat(replies.getFirst().getRefusal().getReason()).isEqualTo(Reason.NOT_LEADER);
    assertThat(commits(group, call).hasRefusal()).isFalse();
    assertThat(group.events.counted(LIVED)).isEqualTo(1);
  }

  @Test
  void whoWaitsIsToldToAskAgain() {
    Holding held = lock(two, T, LockMode.EXCLUSIVE, "a", "b");
    Holding asking = holding(txn(20), group.epoch(), 0);
    List<ReadReply> waits = beginRead(group, asking, "a", "b");
    assertThat(waits).isEmpty();
    group.handOver(1);
    assertThat(waits.getFirst().getRefusal().getReason()).isEqualTo(Reason.NOT_LEADER);
    waits = beginRead(group, asking, "a", "b");
    assertThat(waits).as("the lock is still held").isEmpty();
    commits(group, held, put("a", "1"));
    two.settle();
    assertThat(rows(waits.getFirst())).containsExactly("a=1");
    Holding granted =
        asking.toBuilder()
            .setEpoch(waits.getFirst().getEpoch())
            .setGrant(waits.getFirst().getGrant())
            .build();
    assertThat(commits(group, granted, put("a", "2")).hasRefusal()).isFalse();
  }

  @Test
  void conditionsCheckedUnderLocksStayTrue() {
    List<LockReply> replies = new ArrayList<>();
    leaderOf(group)
        .lock(
            LockCall.newBuilder()
                .setHolding(holding(T, group.epoch(), 0))
                .setSchemaVersion(-1)
                .addKeys(insert("a", ""))
                .build(),
            replies::add);
    two.settle();
    LockReply granted = replies.getFirst();
    group.handOver(1);
    List<CommitReply> other = two.beginCommit(group, txn(20), insert("a", "2"));
    Holding held = holding(T, granted.getEpoch(), granted.getGrant());
    assertThat(commits(group, held, put("a", "1")).hasRefusal()).isFalse();
    two.settle();
    assertThat(other.getFirst().getRefusal().getReason()).isEqualTo(Reason.CONDITION_FAILED);
    assertThat(two.rows(group)).containsExactly("a=1");
  }

  @Test
  void theLeaseOfLocksGoesOn() {
    Holding kept = lock(two, T, LockMode.EXCLUSIVE, "a", "b");
    lock(two, txn(20), LockMode.EXCLUSIVE, "b", "c");
    group.advance(TxnLimits.LOCK_LEASE.dividedBy(2));
    group.handOver(1);
    leaderOf(group).keepAlive(KeepAlive.newBuilder().addHoldings(kept).build(), reply -> {});
    group.advance(TxnLimits.LOCK_LEASE.dividedBy(2).plusMillis(1));
    leaderOf(group).tick();
    group.run();
    assertThat(leaderOf(group).lockHolders()).as("the silent one is gone").isEqualTo(1);
    leaderOf(group).rollback(RollbackNotice.newBuilder().setHolding(kept).build());
    group.run();
    assertThat(leaderOf(group).lockHolders()).isZero();
  }

  /** Its locks are on their way: nobody holds them when it is rolled back. */
  @Test
  void whatIsRolledBackMeanwhileIsFreeAtOnce() {
    Holding held = lock(two, T, LockMode.EXCLUSIVE, "a", "b");
    Holding unheard = holding(txn(20), group.epoch(), 0);
    beginRead(group, unheard, "b", "c");
    Holding other = lock(two, txn(30), LockMode.EXCLUSIVE, "c", "d");
    group.handOver(
        1,
        given -> {
          for (Holding each : List.of(held, unheard)) {
            RollbackNotice notice = RollbackNotice.newBuilder().setHolding(each).build();
            group.replicas.get(1).participant.rollback(notice);
          }
          return given;
        });
    assertThat(leaderOf(group).lockHolders()).isEqualTo(1);
    assertThat(commits(group, other, put("c", "1")).hasRefusal()).isFalse();
    assertThat(commits(group, held, put("a", "1")).hasRefusal()).isTrue();
  }

  @Test
  void whatIsDamagedIsAsIfNothingHadCome() {
    refusesWhatCame(given -> flipped(given, given.size() - 1));
    refusesWhatCame(given -> flipped(given, 0)); // another format
    refusesWhatCame(given -> given.substring(0, 3));
  }

  private static void refusesWhatCame(UnaryOperator<ByteString> damage) {
    TwoGroupsScenario two = new TwoGroupsScenario();
    Holding held = lock(two, T, LockMode.EXCLUSIVE, "a", "b");
    two.a.handOver(1, damage);
    assertThat(two.a.events.counted("txn.handover.unreadable")).isEqualTo(1);
    assertThat(commits(two.a, held, put("a", "1")).getRefusal().getReason())
        .isEqualTo(Reason.WRONG_EPOCH);
    assertThat(two.committed(two.a, txn(20), put("a", "2")).hasRefusal()).isFalse();
  }

  @Test
  void locksOfAnotherGroupOrOfALaterTermAreRefused() {
    group.changeLeader(0, 0);
    lock(two, T, LockMode.EXCLUSIVE, "a", "b");
    List<ByteString> given = new ArrayList<>();
    group.handOver(
        1,
        bytes -> {
          given.add(bytes);
          return bytes;
        });
    two.b.changeLeader(0, 0);
    two.b.handOver(1, none -> given.getFirst());
    assertThat(two.b.events.counted("txn.handover.unreadable")).as("B is not A").isEqualTo(1);
    FakeGroup young = new TwoGroupsScenario().a;
    young.handOver(1, none -> given.getFirst());
    assertThat(young.epoch()).as("the sender's").isEqualTo(2);
    assertThat(young.events.counted("txn.handover.unreadable")).isEqualTo(1);
  }

  @Test
  void tooManyLocksStayBehind() {
    String long1 = "a".repeat(200_000);
    Holding held = lock(two, T, LockMode.SHARED, long1, long1 + "b");
    for (int i = 0; i < 10; i++) {
      reads(group, held, LockMode.SHARED, i + long1, i + long1 + "b");
    }
    group.handOver(
        1,
        given -> {
          assertThat(given.isEmpty()).isTrue();
          return given;
        });
    assertThat(group.events.counted("txn.handover.too-large")).isEqualTo(1);
    assertThat(commits(group, held, put("a", "1")).getRefusal().getReason())
        .isEqualTo(Reason.WRONG_EPOCH);
  }

  /** 10: what a vote has read under stays locked; or, if that is lost, no time lies below. */
  @Test
  void attack10TheReadsOfAVote() { // G8
    Timestamp leaseEnd = readsAndVotes(two);
    group.handOver(1);
    List<CommitReply> writer = two.beginCommit(group, txn(20), put("r", "2"));
    assertThat(two.committed(group, txn(21), put("z", "1")).getCommitTimestampNanos())
        .as("others need not wait for the lease")
        .isLessThan(leaseEnd.nanos());
    assertThat(writer).isEmpty();
    two.told(group, T, true, group.nowNanos);
    two.settle();
    assertThat(writer.getFirst().hasRefusal()).isFalse();
  }

  @Test
  void attack10TheReadsOfAVoteThatWereLostOnce() { // G8
    Timestamp leaseEnd = readsAndVotes(two);
    group.changeLeader(1, 0); // by a crash
    group.lastTs = Timestamp.ZERO; // as if what was raised then were not known
    lock(two, txn(30), LockMode.SHARED, "x", "y");
    group.handOver(2);
    assertThat(group.lastTs).as("the floor").isGreaterThanOrEqualTo(leaseEnd);
  }

  private static Timestamp readsAndVotes(TwoGroupsScenario two) {
    Holding held = lock(two, T, LockMode.SHARED, "r", "s");
    List<PrepareReply> replies = two.begin(two.a, T, held.getGrant(), put("w", "1"));
    two.settle();
    return new Timestamp(replies.getFirst().getVote().getLeaseEndNanos());
  }

  private static ByteString flipped(ByteString bytes, int at) {
    byte[] copy = bytes.toByteArray();
    copy[at] ^= 0x10;
    return ByteString.copyFrom(copy);
  }

  private static Holding lock(
      TwoGroupsScenario two, TxnId id, LockMode mode, String from, String to) {
    return holding(id, two.a.epoch(), two.lock(two.a, id, mode, from, to));
  }

  private static ReadReply reads(
      FakeGroup group, Holding holding, LockMode mode, String from, String to) {
    List<ReadReply> replies = new ArrayList<>();
    ReadCall call = read(new KeyRange(key(from), key(to)), mode, holding);
    leaderOf(group).read(call, replies::add);
    group.settle();
    return replies.getFirst();
  }

  private static List<ReadReply> beginRead(
      FakeGroup group, Holding holding, String from, String to) {
    List<ReadReply> replies = new ArrayList<>();
    ReadCall call = read(new KeyRange(key(from), key(to)), LockMode.EXCLUSIVE, holding);
    leaderOf(group).read(call, replies::add);
    group.run();
    return replies;
  }

  private static List<String> rows(ReadReply reply) {
    return TwoGroupsScenario.rows(reply);
  }

  private static CommitCall call(FakeGroup group, Holding holding, Write... writes) {
    return commit(holding, group.nowNanos, writes).toBuilder()
        .setAnchor(group.group.value())
        .build();
  }

  private static CommitReply commits(FakeGroup group, Holding holding, Write... writes) {
    return commits(group, call(group, holding, writes));
  }

  private static CommitReply commits(FakeGroup group, CommitCall call) {
    List<CommitReply> replies = new ArrayList<>();
    leaderOf(group).commit(call, replies::add);
    group.settle();
    assertThat(replies).hasSize(1);
    return replies.getFirst();
  }
}
