package io.meridiandb.simulator.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.simulator.invariant.Observer.Place;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.GroupEntries;
import io.meridiandb.txn.proto.CommittedEntry;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.OutcomeEntry;
import io.meridiandb.txn.proto.PreparedEntry;
import io.meridiandb.txn.proto.RefusedEntry;
import io.meridiandb.txn.proto.Vote;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards the invariants that hear what passes: each passes what is right, and sees a breach. */
class ObservedInvariantsTest {
  private static final GroupId OTHER = new GroupId(1);
  private static final Ballot BALLOT = new Ballot(1, new ServerId(1), 1);
  private static final ReplicaSet MEMBERS =
      ReplicaSet.ofFull(List.of(new ServerId(1), new ServerId(2), new ServerId(3)));
  private static final Sight NOTHING = new Sight(Timestamp.ZERO, List.of());

  private static Place at(long server, GroupId group) {
    return new Place(new ServerId(server), 1, group);
  }

  private static Place at(long server) {
    return at(server, GroupId.ZERO);
  }

  private static LogEntry entry(long index, long timestamp, GroupEntry body) {
    ByteString payload = UnsafeByteOperations.unsafeWrap(GroupEntries.encode(body));
    return new LogEntry(index, BALLOT, EntryKind.COMMAND, new Timestamp(timestamp), payload);
  }

  private static LogEntry entry(long index, long timestamp) {
    return entry(index, timestamp, GroupEntry.getDefaultInstance());
  }

  private static TxnId txn(int attempt) {
    return new TxnId(7, 7, 1, attempt);
  }

  private static GroupEntry prepared(long at, long leaseEnd) {
    Vote vote = Vote.newBuilder().setPreparedNanos(at).setLeaseEndNanos(leaseEnd).build();
    return GroupEntry.newBuilder()
        .setPrepared(PreparedEntry.newBuilder().setTxn(Protos.txn(txn(1))).setVote(vote))
        .build();
  }

  private static GroupEntry outcome(boolean committed, long timestamp) {
    return GroupEntry.newBuilder()
        .setOutcome(
            OutcomeEntry.newBuilder()
                .setTxn(Protos.txn(txn(1)))
                .setCommitted(committed)
                .setTimestampNanos(timestamp))
        .build();
  }

  private static GroupEntry committed(int attempt, long timestamp) {
    return GroupEntry.newBuilder()
        .setCommitted(
            CommittedEntry.newBuilder()
                .setTxn(Protos.txn(txn(attempt)))
                .setTimestampNanos(timestamp))
        .build();
  }

  private static GroupEntry refused() {
    return GroupEntry.newBuilder()
        .setRefused(
            RefusedEntry.newBuilder()
                .setSessionHigh(7)
                .setSessionLow(7)
                .setSequence(1)
                .setAttempt(1))
        .build();
  }

  private static void holds(Invariant invariant) {
    assertThat(invariant.broken(NOTHING)).isNull();
  }

  private static void isBroken(Invariant invariant, String words) {
    assertThat(invariant.broken(NOTHING)).contains(words);
  }

  @Test
  void timestampsRise() {
    TimestampsRise rule = new TimestampsRise();
    rule.applied(at(1), entry(1, 10), MEMBERS);
    rule.applied(at(1), entry(3, 30), MEMBERS);
    rule.applied(at(2), entry(3, 30), MEMBERS);
    rule.applied(at(2, OTHER), entry(4, 5), MEMBERS);
    rule.assigned(at(1), new Timestamp(40), new Timestamp(40));
    holds(rule);
    rule.applied(at(2), entry(2, 30), MEMBERS);
    isBroken(rule, "before 3=");
  }

  @Test
  void timestampsStayWithinLeases() {
    TimestampsRise rule = new TimestampsRise();
    rule.assigned(at(1), new Timestamp(41), new Timestamp(40));
    isBroken(rule, "its lease ends");
  }

  @Test
  void whatIsChosenStays() {
    ChosenNeverChanges rule = new ChosenNeverChanges();
    rule.applied(at(1), entry(1, 10), MEMBERS);
    rule.applied(at(2), entry(1, 10).stamped(new Ballot(2, new ServerId(2), 1)), MEMBERS);
    rule.applied(at(1, OTHER), entry(1, 11), MEMBERS);
    holds(rule);
    rule.applied(at(3), entry(1, 10, committed(1, 10)), MEMBERS);
    isBroken(rule, "chosen before was");
  }

  @Test
  void replicasApplyAlike() {
    AppliedAlike rule = new AppliedAlike();
    rule.stands(at(1), 0);
    rule.stands(at(2), 0);
    rule.applied(at(1), entry(1, 10), MEMBERS);
    rule.applied(at(1), entry(3, 30), MEMBERS);
    rule.applied(at(1), entry(4, 40), MEMBERS);
    rule.applied(at(2), entry(1, 10), MEMBERS);
    rule.stands(at(2), 3);
    rule.applied(at(2), entry(4, 40), MEMBERS);
    holds(rule);
    rule.stands(at(3), 1);
    rule.applied(at(3), entry(4, 40), MEMBERS);
    isBroken(rule, "right after 1, others did otherwise");
  }

  @Test
  void nothingIsAppliedTwice() {
    AppliedAlike rule = new AppliedAlike();
    rule.stands(at(1), 0);
    rule.applied(at(1), entry(1, 10), MEMBERS);
    rule.applied(at(1), entry(1, 10), MEMBERS);
    isBroken(rule, "stands at 1 already");
  }

  @Test
  void nothingComesBelowWhatIsClosed() {
    ClosedMeansClosed rule = new ClosedMeansClosed();
    rule.applied(at(1), entry(1, 10), MEMBERS);
    rule.closed(at(2), Timestamp.MIN, 0);
    rule.closed(at(2), new Timestamp(20), 1);
    rule.closed(at(2), new Timestamp(15), 1);
    rule.applied(at(1), entry(2, 21), MEMBERS);
    rule.closed(at(3), new Timestamp(20), 1);
    holds(rule);
    rule.closed(at(3), new Timestamp(40), 2);
    rule.applied(at(1), entry(3, 40), MEMBERS);
    isBroken(rule, "nothing was to come");
  }

  @Test
  void whatIsClosedIsApplied() {
    ClosedMeansClosed rule = new ClosedMeansClosed();
    rule.applied(at(1), entry(1, 10), MEMBERS);
    rule.closed(at(2), new Timestamp(10), 0);
    isBroken(rule, "has applied 0 and closed");
  }

  @Test
  void commitsLieAboveVotesAndInLeases() {
    CommitsAboveVotes rule = new CommitsAboveVotes();
    rule.applied(at(1), entry(1, 10, prepared(10, 50)), MEMBERS);
    rule.applied(at(2, OTHER), entry(1, 20, prepared(20, 60)), MEMBERS);
    rule.applied(at(2, OTHER), entry(2, 30, outcome(true, 20)), MEMBERS);
    holds(rule);
    rule.applied(at(1), entry(2, 30, outcome(true, 19)), MEMBERS);
    isBroken(rule, "commits at");
    CommitsAboveVotes late = new CommitsAboveVotes();
    late.applied(at(1), entry(1, 10, prepared(10, 50)), MEMBERS);
    late.applied(at(1), entry(2, 60, outcome(true, 51)), MEMBERS);
    isBroken(late, "in a lease to");
  }

  @Test
  void allParticipantsDecideAlike() {
    OneOutcome rule = new OneOutcome();
    rule.applied(at(1), entry(1, 10, outcome(true, 5)), MEMBERS);
    rule.applied(at(2), entry(1, 10, outcome(true, 5)), MEMBERS);
    rule.applied(at(1, OTHER), entry(1, 10, outcome(true, 5)), MEMBERS);
    holds(rule);
    rule.applied(at(1, OTHER), entry(2, 20, refused()), MEMBERS);
    isBroken(rule, "elsewhere with");
  }

  @Test
  void oneAttemptCommitsOnce() {
    OneOutcome twice = new OneOutcome();
    twice.applied(at(1), entry(1, 10, committed(1, 10)), MEMBERS);
    twice.applied(at(1, OTHER), entry(1, 20, committed(1, 10)), MEMBERS);
    isBroken(twice, "it has ended before");
    OneOutcome again = new OneOutcome();
    again.applied(at(1), entry(1, 10, committed(1, 10)), MEMBERS);
    again.applied(at(1, OTHER), entry(1, 20, committed(2, 20)), MEMBERS);
    isBroken(again, "and so does");
  }

  @Test
  void whatIsAppliedIsOnAMajorityOfDisks() {
    ChosenIsDurable rule = new ChosenIsDurable();
    List<LogRecord> first = List.of(new LogRecord.Append(GroupId.ZERO, entry(1, 10)));
    rule.durable(new ServerId(1), first);
    rule.durable(new ServerId(3), first);
    rule.applied(at(1), entry(1, 10), MEMBERS);
    rule.durable(new ServerId(1), List.of(new LogRecord.CutPrefix(GroupId.ZERO, 2, BALLOT)));
    rule.durable(new ServerId(2), List.of(new LogRecord.Append(GroupId.ZERO, entry(2, 20))));
    rule.applied(at(2), entry(2, 20), MEMBERS);
    holds(rule);
    rule.durable(new ServerId(2), List.of(new LogRecord.CutSuffix(GroupId.ZERO, 2)));
    rule.durable(new ServerId(3), List.of(new LogRecord.Append(GroupId.ZERO, entry(3, 31))));
    rule.durable(new ServerId(2), List.of(new LogRecord.Append(GroupId.ZERO, entry(3, 30))));
    rule.applied(at(2), entry(3, 30), MEMBERS);
    isBroken(rule, "which 1 of the disks");
  }
}
