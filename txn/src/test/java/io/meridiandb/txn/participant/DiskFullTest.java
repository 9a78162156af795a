package io.meridiandb.txn.participant;

import static io.meridiandb.txn.participant.Calls.holding;
import static io.meridiandb.txn.participant.Calls.put;
import static io.meridiandb.txn.participant.Calls.read;
import static io.meridiandb.txn.participant.Calls.txn;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The leader's disk has no room for the log: writes are refused, reads go on (reliability T25). */
class DiskFullTest extends ParticipantScenario {
  @Test
  void writesAreRefusedAndReadsGoOn() {
    committed(autocommit(txn(1), put("a", "1")));
    group.logFull = true;
    refused(committed(autocommit(txn(2), put("a", "2"))).getRefusal());
    List<PrepareReply> votes = new ArrayList<>();
    leader.prepare(
        Calls.prepare(
            holding(txn(3), group.epoch(), 0),
            group.nowNanos,
            List.of(group.group.value(), 7L),
            put("b", "3")),
        votes::add);
    group.settle();
    refused(votes.getFirst().getRefusal());
    assertThat(rows(got(read(KeyRange.ALL)))).containsExactly("a=1");
    assertThat(committed(autocommit(txn(4))).hasRefusal()).as("it logs nothing").isFalse();
    assertThat(group.log).hasSize(1);
    group.logFull = false;
    assertThat(committed(autocommit(txn(5), put("a", "5"))).hasRefusal()).isFalse();
  }

  /** G12: the client was told no, so a copy of its request that is late does not commit. */
  @Test
  void theNoIsFinalForTheAttempt() {
    group.logFull = true;
    refused(committed(autocommit(txn(1), put("a", "1"))).getRefusal());
    group.logFull = false;
    CommitReply late = committed(autocommit(txn(1), put("a", "1")));
    refused(late.getRefusal());
    assertThat(rows(got(read(KeyRange.ALL)))).isEmpty();
  }

  private static void refused(Refusal refusal) {
    assertThat(refusal.getReason()).isEqualTo(Refusal.Reason.FAILED);
    assertThat(refusal.getErrorCode()).isEqualTo(ErrorCode.DISK_FULL.name());
  }
}
