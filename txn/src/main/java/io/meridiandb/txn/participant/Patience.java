package io.meridiandb.txn.participant;

import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Timer;
import io.meridiandb.txn.TxnLimits;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives exactly one answer to a request: the real one, or after a while the word that it still
 * waits. The work itself goes on; its later answer is dropped, and the request, asked again, finds
 * what it has led to.
 */
final class Patience<R> implements Consumer<R> {
  private final Consumer<R> answer;
  private @Nullable Timer timer;
  private boolean given;

  private Patience(Consumer<R> answer) {
    this.answer = answer;
  }

  /**
   * Does the work, and watches over its answer if that does not come at once.
   *
   * @param waiting the answer of a request that still waits
   */
  static <R> void ask(
      Strand strand, Consumer<Consumer<R>> work, Consumer<R> answer, Supplier<R> waiting) {
    Patience<R> patience = new Patience<>(answer);
    work.accept(patience);
    if (!patience.given) {
      patience.timer =
          strand.schedule(TxnLimits.WAITING_AFTER, () -> patience.accept(waiting.get()));
    }
  }

  @Override
  public void accept(R reply) {
    if (given) {
      return;
    }
    given = true;
    Timer running = timer;
    if (running != null) {
      running.cancel();
    }
    answer.accept(reply);
  }
}
