package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.proto.Holding;
import io.meridiandb.txn.proto.KeepAlive;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells the leaders that transactions which hold locks there still live (protocol C2). One that has
 * done nothing for long is not vouched for any more, so that a forgotten one does not block others
 * for ever.
 */
final class KeepAlives {
  /** A transaction that does nothing for so long loses its locks. */
  static final Duration IDLE_MAX = Duration.ofSeconds(60);

  private record Vouched(LockHold hold, Holding holding) {}

  private final GatewayContext context;
  private final Strand strand;
  private final Map<LockHold, Vouched> holds = new LinkedHashMap<>();
  private boolean armed;

  KeepAlives(GatewayContext context, Strand strand) {
    this.context = context;
    this.strand = strand;
  }

  /** From now on the hold is kept alive; callable from any fiber, once it is granted. */
  void add(LockHold hold) {
    Holding holding = hold.holding(0);
    strand.execute(() -> {
      holds.put(hold, new Vouched(hold, holding));
      arm();
    });
  }

  /** The transaction has ended; callable from any fiber. */
  void remove(LockHold hold) {
    strand.execute(() -> holds.remove(hold));
  }

  private void arm() {
    if (!armed) {
      armed = true;
      strand.schedule(TxnLimits.KEEP_ALIVE_INTERVAL, this::send);
    }
  }

  private void send() {
    armed = false;
    long now = context.env().clocks().bootNanos();
    holds.values().removeIf(vouched -> now - vouched.hold.lastUseNanos > IDLE_MAX.toNanos());
    Map<GroupId, KeepAlive.Builder> notices = new TreeMap<>();
    for (Vouched vouched : holds.values()) {
      notices
          .computeIfAbsent(vouched.hold.group, group -> KeepAlive.newBuilder())
          .addHoldings(vouched.holding);
    }
    notices.forEach((group, notice) ->
        context
            .messenger()
            .send(
                context.router().leader(group).server(),
                TxnMessages.KEEP_ALIVE,
                group,
                notice.build()));
    if (!holds.isEmpty()) {
      arm();
    }
  }
}
