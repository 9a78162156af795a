package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Received;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.proto.Holding;
import io.meridiandb.txn.proto.KeepAlive;
import io.meridiandb.txn.proto.KeepAliveReply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Tells the leaders that transactions which hold locks there still live (protocol C2). One that has
 * done nothing for long is not vouched for any more, so that a forgotten one does not block others
 * for ever.
 */
final class KeepAlives {
  /** A transaction that does nothing for so long loses its locks. */
  static final Duration IDLE_MAX = Duration.ofSeconds(60);

  /** Who leads has answered by then; if not, all replicas are told. */
  static final Duration ANSWER_WITHIN = Duration.ofMillis(600);

  private record Vouched(LockHold hold, Holding holding) {}

  private final GatewayContext context;
  private final Strand strand;
  private final Map<LockHold, Vouched> holds = new LinkedHashMap<>();
  private final Set<GroupId> unanswered = new TreeSet<>();
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
    unanswered.clear();
    Map<GroupId, KeepAlive> notices = notices();
    notices.forEach((group, notice) -> {
      unanswered.add(group);
      send(context.router().leader(group).server(), group, notice);
    });
    if (!notices.isEmpty()) {
      strand.schedule(ANSWER_WITHIN, this::sendToAll);
    }
    if (!holds.isEmpty()) {
      arm();
    }
  }

  /**
   * Who was believed to lead has not taken it: the locks may have been handed over. Nobody may ask
   * for anything before they go, so whoever leads now is told here.
   */
  private void sendToAll() {
    Map<GroupId, KeepAlive> notices = notices();
    for (GroupId group : unanswered) {
      KeepAlive notice = notices.get(group);
      if (notice != null) {
        context.env().events().count("txn.gateway.keep-alive.to-all", 1);
        context.router().replicas(group).forEach(server -> send(server, group, notice));
      }
    }
  }

  /** Somebody has answered. */
  void answered(Received<KeepAliveReply> reply) {
    GroupId group = reply.group();
    KeepAliveReply body = reply.body();
    if (body.getLeads()) {
      unanswered.remove(group);
      context.router().learned(group, reply.from(), body.getEpoch());
    } else {
      ServerId hint = body.getLeader() == 0 ? null : new ServerId(body.getLeader());
      context.router().failed(group, reply.from(), hint);
    }
  }

  private Map<GroupId, KeepAlive> notices() {
    Map<GroupId, KeepAlive.Builder> building = new TreeMap<>();
    for (Vouched vouched : holds.values()) {
      building
          .computeIfAbsent(vouched.hold.group, group -> KeepAlive.newBuilder())
          .addHoldings(vouched.holding);
    }
    Map<GroupId, KeepAlive> notices = new TreeMap<>();
    building.forEach((group, notice) -> notices.put(group, notice.build()));
    return notices;
  }

  private void send(ServerId to, GroupId group, KeepAlive notice) {
    context.messenger().send(to, TxnMessages.KEEP_ALIVE, group, notice);
  }
}
