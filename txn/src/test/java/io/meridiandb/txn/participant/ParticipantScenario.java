package io.meridiandb.txn.participant;

import static io.meridiandb.txn.participant.Calls.commit;
import static io.meridiandb.txn.participant.Calls.holding;
import static io.meridiandb.txn.participant.Calls.key;
import static io.meridiandb.txn.participant.Calls.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.ResolveReply;
import io.meridiandb.txn.proto.StoredRow;
import io.meridiandb.txn.proto.Write;
import java.util.ArrayList;
import java.util.List;

/** A leader with its replicas, and short ways to ask it something and wait for the answer. */
abstract class ParticipantScenario {
  final FakeGroup group = new FakeGroup(3);
  Participant leader = group.lead(0);
  final List<CommitReply> commits = new ArrayList<>();
  final List<ReadReply> reads = new ArrayList<>();
  final List<ResolveReply> resolves = new ArrayList<>();

  CommitCall autocommit(TxnId id, Write... writes) {
    return commit(holding(id, group.epoch(), 0), group.nowNanos, writes);
  }

  CommitReply committed(CommitCall call) {
    int before = commits.size();
    leader.commit(call, commits::add);
    group.settle();
    assertThat(commits).hasSize(before + 1);
    return commits.getLast();
  }

  ReadReply got(ReadCall call) {
    int before = reads.size();
    leader.read(call, reads::add);
    group.settle();
    assertThat(reads).hasSize(before + 1);
    return reads.getLast();
  }

  List<String> rows(ReadReply reply) {
    assertThat(reply.hasRefusal()).as(reply.getRefusal().getMessage()).isFalse();
    List<String> rows = new ArrayList<>();
    for (StoredRow row : reply.getRowsList()) {
      rows.add(row.getKey().toStringUtf8() + "=" + row.getValue().toStringUtf8());
    }
    return rows;
  }

  long lock(TxnId id, LockMode mode, String from, String to) {
    ReadReply reply =
        got(read(new KeyRange(key(from), key(to)), mode, holding(id, group.epoch(), 0)));
    assertThat(reply.hasRefusal()).isFalse();
    return reply.getGrant();
  }
}
