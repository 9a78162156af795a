package io.meridiandb.txn.participant;

import static io.meridiandb.txn.participant.Calls.commit;
import static io.meridiandb.txn.participant.Calls.holding;
import static io.meridiandb.txn.participant.Calls.key;
import static io.meridiandb.txn.participant.Calls.prepare;
import static io.meridiandb.txn.participant.Calls.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.OutcomeReply;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.StoredRow;
import io.meridiandb.txn.proto.VoteReply;
import io.meridiandb.txn.proto.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Two groups with three replicas each, and short ways to talk to their leaders. */
final class TwoGroupsScenario {
  static final List<Long> BOTH = List.of(1L, 2L);

  final FakeGroup a;
  final FakeGroup b;
  final RecoveryDouble recovery;

  TwoGroupsScenario(Rule... without) {
    EnumSet<Rule> off = EnumSet.noneOf(Rule.class);
    off.addAll(List.of(without));
    Rules rules = new Rules(off);
    a = new FakeGroup(new GroupId(1), 3, rules);
    b = new FakeGroup(new GroupId(2), 3, rules);
    Map<GroupId, FakeGroup> groups = new TreeMap<>();
    groups.put(a.group, a);
    groups.put(b.group, b);
    recovery = new RecoveryDouble(groups);
    for (FakeGroup each : List.of(a, b)) {
      each.recovery = recovery;
      each.leaseEnd = new Timestamp(each.nowNanos + Duration.ofSeconds(3).toNanos());
      each.lead(0);
    }
  }

  void settle() {
    FakeGroup.settle(a, b);
  }

  /** Time passes with valid leases; the servers do what they do every second. */
  void pass(Duration by) {
    for (long left = by.toMillis(); left > 0; left -= 500) {
      for (FakeGroup each : List.of(a, b)) {
        each.advance(Duration.ofMillis(Math.min(left, 500)));
        each.leaseEnd = new Timestamp(each.nowNanos + Duration.ofSeconds(3).toNanos());
        if (each.leader != null) {
          each.leader.participant.tick();
        }
      }
      settle();
    }
  }

  static Participant leaderOf(FakeGroup group) {
    FakeGroup.FakeReplica leader = group.leader;
    if (leader == null) {
      throw new AssertionError("nobody leads " + group.group);
    }
    return leader.participant;
  }

  /** Asks a group for its vote and does not wait. */
  List<PrepareReply> begin(FakeGroup group, TxnId id, long grant, Write... writes) {
    List<PrepareReply> replies = new ArrayList<>();
    leaderOf(group)
        .prepare(
            prepare(holding(id, group.epoch(), grant), group.nowNanos, BOTH, writes), replies::add);
    group.run();
    return replies;
  }

  /** Asks a group for its vote on an explicit transaction of both, whose anchor is A. */
  PrepareReply preparedExplicitly(FakeGroup group, TxnId id, Write... writes) {
    List<PrepareReply> replies = new ArrayList<>();
    List<Long> named = group == a ? BOTH : List.of(group.group.value());
    leaderOf(group)
        .prepare(
            prepare(holding(id, group.epoch(), 0), group.nowNanos, named, writes).toBuilder()
                .setAnchor(a.group.value())
                .setExplicit(true)
                .build(),
            replies::add);
    settle();
    assertThat(replies).hasSize(1);
    return replies.getFirst();
  }

  /** Asks a group for its vote and waits for it. */
  PrepareReply prepared(FakeGroup group, TxnId id, Write... writes) {
    List<PrepareReply> replies = begin(group, id, 0, writes);
    settle();
    assertThat(replies).hasSize(1);
    return replies.getFirst();
  }

  /** The timestamp of a vote that must be a yes. */
  long vote(FakeGroup group, TxnId id, Write... writes) {
    PrepareReply reply = prepared(group, id, writes);
    assertThat(reply.hasVote()).as(reply.getRefusal().getMessage()).isTrue();
    return reply.getVote().getPreparedNanos();
  }

  OutcomeReply told(FakeGroup group, TxnId id, boolean committed, long timestamp) {
    List<OutcomeReply> replies = new ArrayList<>();
    leaderOf(group).outcome(Calls.outcome(id, committed, timestamp), replies::add);
    settle();
    assertThat(replies).hasSize(1);
    return replies.getFirst();
  }

  VoteReply voteAsked(FakeGroup group, TxnId id) {
    return voteAsked(group, id, group.nowNanos);
  }

  VoteReply voteAsked(FakeGroup group, TxnId id, long startNanos) {
    List<VoteReply> replies = new ArrayList<>();
    leaderOf(group).vote(Calls.vote(id, startNanos), replies::add);
    settle();
    assertThat(replies).hasSize(1);
    return replies.getFirst();
  }

  List<CommitReply> beginCommit(FakeGroup group, TxnId id, Write... writes) {
    List<CommitReply> replies = new ArrayList<>();
    leaderOf(group)
        .commit(
            commit(holding(id, group.epoch(), 0), group.nowNanos, writes).toBuilder()
                .setAnchor(group.group.value())
                .build(),
            replies::add);
    group.run();
    return replies;
  }

  CommitReply committed(FakeGroup group, TxnId id, Write... writes) {
    List<CommitReply> replies = beginCommit(group, id, writes);
    settle();
    assertThat(replies).hasSize(1);
    return replies.getFirst();
  }

  List<ReadReply> beginRead(FakeGroup group, Timestamp at) {
    List<ReadReply> replies = new ArrayList<>();
    leaderOf(group)
        .read(
            read(KeyRange.ALL).toBuilder().setReadTimestampNanos(at.nanos()).build(), replies::add);
    group.run();
    return replies;
  }

  /** What a strong read of everything sees now. */
  List<String> rows(FakeGroup group) {
    List<ReadReply> replies = beginRead(group, group.interval().latest());
    settle();
    assertThat(replies).hasSize(1);
    return rows(replies.getFirst());
  }

  static List<String> rows(ReadReply reply) {
    assertThat(reply.hasRefusal()).as(reply.getRefusal().getMessage()).isFalse();
    List<String> rows = new ArrayList<>();
    for (StoredRow row : reply.getRowsList()) {
      rows.add(row.getKey().toStringUtf8() + "=" + row.getValue().toStringUtf8());
    }
    return rows;
  }

  /** Locks a range for a transaction that reads; its number of the holding. */
  long lock(FakeGroup group, TxnId id, LockMode mode, String from, String to) {
    List<ReadReply> replies = new ArrayList<>();
    leaderOf(group)
        .read(
            read(new KeyRange(key(from), key(to)), mode, holding(id, group.epoch(), 0)),
            replies::add);
    settle();
    assertThat(replies).hasSize(1);
    assertThat(replies.getFirst().hasRefusal()).isFalse();
    return replies.getFirst().getGrant();
  }
}
