package io.meridiandb.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.placement.metadata.Transactions;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who writes every few seconds for ever does so in one session (protocol G14). */
class SeriesTest {
  private static final Duration WITHIN = Duration.ofSeconds(5);

  /** What was begun, as {@code session/sequence.attempt acknowledged}. */
  private final List<String> begun = new ArrayList<>();

  private final List<Long> sessions = new ArrayList<>();

  private final class Recording implements Gateway {
    private final Gateway real;

    Recording(Gateway real) {
      this.real = real;
    }

    @Override
    public Transaction begin(TxnId id, TransactionOptions options) {
      if (!sessions.contains(id.sessionLow())) {
        sessions.add(id.sessionLow());
      }
      begun.add(
          "%d/%d.%d %d"
              .formatted(
                  sessions.indexOf(id.sessionLow()),
                  id.sequence(),
                  id.attempt(),
                  options.ackedSequence()));
      return real.begin(id, options);
    }

    @Override
    public Timestamp nowLatest() {
      return real.nowLatest();
    }

    @Override
    public @Nullable Outcome resolve(TxnId id, GroupId anchor) {
      return real.resolve(id, anchor);
    }
  }

  @Test
  void theNextTransactionAcknowledgesTheOneBeforeIfItsEndIsKnown() {
    try (TestUniverse universe = new TestUniverse(1, Long.MAX_VALUE)) {
      TestUniverse.Node node = universe.node(1);
      Transactions transactions = new Transactions(node.env, new Recording(node.gateway));
      Transactions.Series series = transactions.series();
      universe.on(1, () -> put(series, 1));
      universe.on(1, () -> put(series, 2));
      universe.on(
          1,
          () -> {
            assertThatThrownBy(() -> series.write(WITHIN, SeriesTest::fail)).hasMessage("why");
            return true;
          });
      universe.on(1, () -> put(series, 3));
      universe.on(1, () -> put(series, 4));
      universe.on(1, () -> put(transactions.series(), 5));
      assertThat(begun)
          .containsExactly("0/1.1 0", "0/2.1 1", "0/3.1 2", "1/1.1 0", "1/2.1 1", "2/1.1 0");
      assertThat(universe.on(1, () -> Cells.read(node.gateway, null))).hasSize(5);
    }
  }

  private static boolean put(Transactions.Series series, long cell) {
    return series.write(
        WITHIN,
        transaction -> {
          Cells.put(transaction, cell, cell);
          return true;
        });
  }

  private static boolean fail(Transaction transaction) {
    throw new IllegalStateException("why");
  }
}
