package io.meridiandb.txn.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.check.InvariantViolation;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.CommittedEntry;
import io.meridiandb.txn.proto.HorizonEntry;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.RefusedEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The replicated outcomes stay bounded and never lie (protocol G13, G14). */
class OutcomeTableTest {
  private static final int SESSIONS = 3;

  private final OutcomeTable table = new OutcomeTable(SESSIONS, Rules.ALL);

  private static TxnId txn(long session, long sequence) {
    return new TxnId(0, session, sequence, 1);
  }

  private void commit(TxnId id, long at) {
    table.apply(
        CommittedEntry.newBuilder()
            .setTxn(Protos.txn(id))
            .setTimestampNanos(at)
            .setCommitStartNanos(at)
            .build());
  }

  private void horizon(long at) {
    table.apply(HorizonEntry.newBuilder().setHorizonNanos(at).build());
  }

  /** What is kept of an image for the next one never hides a change. */
  @Test
  void anImageIsTheSameHoweverOftenOneWasMadeBefore() {
    List<Consumer<OutcomeTable>> history = new ArrayList<>();
    Random random = new Random(5);
    for (int step = 1; step <= 300; step++) {
      Consumer<OutcomeTable> change = change(random, step);
      history.add(change);
      change.accept(table);
      OutcomeTable fresh = new OutcomeTable(SESSIONS, Rules.ALL);
      history.forEach(each -> each.accept(fresh));
      assertThat(table.image()).isEqualTo(fresh.image());
    }
  }

  private static Consumer<OutcomeTable> change(Random random, long step) {
    TxnId id = txn(random.nextInt(5), step);
    switch (random.nextInt(6)) {
      case 0 -> {
        HorizonEntry entry = HorizonEntry.newBuilder().setHorizonNanos(step - 20).build();
        return each -> each.apply(entry);
      }
      case 1 -> {
        RefusedEntry entry =
            RefusedEntry.newBuilder()
                .setSessionLow(id.sessionLow())
                .setSequence(step)
                .setAtNanos(step)
                .build();
        return each -> each.apply(entry);
      }
      default -> {
        CommittedEntry entry =
            CommittedEntry.newBuilder()
                .setTxn(Protos.txn(id))
                .setTimestampNanos(step)
                .setCommitStartNanos(step)
                .setAckedSequence(Math.max(0, step - 10 - random.nextInt(30)))
                .build();
        return each -> each.apply(entry);
      }
    }
  }

  @Test
  void sessionsWithOutcomesAreNeverForgottenForWantOfRoom() {
    for (int session = 0; session < 2 * SESSIONS; session++) {
      commit(txn(session, 1), 10);
    }
    assertThat(table.sessionCount()).isEqualTo(2 * SESSIONS);
    assertThat(table.find(txn(0, 1))).isEqualTo(new Outcome.Committed(1, new Timestamp(10)));
  }

  @Test
  void sessionsWithoutOutcomesGoWhenThereAreTooMany() {
    commit(txn(0, 1), 10);
    horizon(10);
    for (int session = 1; session <= SESSIONS; session++) {
      commit(txn(session, 1), 20);
    }
    assertThat(table.sessionCount()).isEqualTo(SESSIONS);
  }

  @Test
  void whatWasForgottenIsExpiredAndNeverAborted() {
    commit(txn(0, 1), 10);
    assertThat(table.find(txn(9, 1))).isEqualTo(new Outcome.Unknown());
    horizon(10);
    assertThat(table.find(txn(0, 1))).isEqualTo(new Outcome.Expired());
    for (int session = 1; session <= SESSIONS; session++) {
      commit(txn(session, 1), 20);
    }
    assertThat(table.find(txn(0, 1))).isEqualTo(new Outcome.Expired());
    assertThat(table.mayCommit(txn(0, 1), new Timestamp(10))).isFalse();
    // A session never heard of may still commit something new.
    assertThat(table.mayCommit(txn(9, 1), new Timestamp(11))).isTrue();
  }

  @Test
  void aRefusedSequenceCannotBeCommitted() {
    table.apply(RefusedEntry.newBuilder().setSessionLow(1).setSequence(1).setAtNanos(5).build());
    assertThat(table.mayCommit(txn(1, 1), new Timestamp(9))).isFalse();
    assertThatThrownBy(() -> commit(txn(1, 1), 9)).isInstanceOf(InvariantViolation.class);
  }

  @Test
  void refusalsAreRememberedOrRefuseByTheirTime() { // G12
    RememberedRefusals refusals = new RememberedRefusals(2);
    Refusal no = Refuse.aborted(txn(1, 1));
    for (int i = 1; i <= 3; i++) {
      refusals.remember(txn(1, i), new Timestamp(i), no);
    }
    assertThat(refusals.find(txn(1, 3), new Timestamp(3))).isEqualTo(no);
    assertThat(refusals.find(txn(1, 1), new Timestamp(1))).isNotNull();
    assertThat(refusals.find(txn(1, 4), new Timestamp(2))).isNull();
    refusals.prune(new Timestamp(3));
    assertThat(refusals.find(txn(1, 3), new Timestamp(3))).isNull();
  }
}
