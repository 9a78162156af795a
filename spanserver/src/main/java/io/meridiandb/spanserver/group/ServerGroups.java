package io.meridiandb.spanserver.group;

import com.google.protobuf.MessageLite;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.net.Received;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.spanserver.tablet.Tablet;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.participant.Participant;
import io.meridiandb.txn.participant.Recovery;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.KeepAlive;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.OutcomeReply;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.ResolveReply;
import io.meridiandb.txn.proto.RollbackNotice;
import io.meridiandb.txn.proto.VoteReply;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All groups of one server: takes the gateways' requests and hands each to its group on the server
 * strand. A request for a group that is not here is not answered: its gateway asks another server.
 */
public final class ServerGroups {
  /** One kind of request at a participant. */
  private interface Handler<Q extends MessageLite, R extends MessageLite> {
    void handle(Participant participant, Q request, Consumer<R> answer);
  }

  private static final Refusal NO_REPLICA =
      Refusal.newBuilder().setReason(Reason.NOT_LEADER).setNoReplica(true).build();

  private static final Refusal DEAF =
      Refusal.newBuilder()
          .setReason(Reason.WAITING)
          .setMessage("the gateway must hear the leader before it locks anything")
          .build();

  /** So long after, who does not know who leads looks again whether it does; so often. */
  private static final Duration LEADER_KNOWN_AFTER = Duration.ofMillis(100);

  private static final int LEADER_KNOWN_TRIES = 10;

  private final Env env;
  private final TrueTime trueTime;
  private final Messenger messenger;
  private final Strand strand;
  private final GroupOptions options;
  private final Recovery recovery;
  private final ReadTimes readTimes;

  /** Used on the strand only. */
  private final Map<GroupId, TabletGroup> groups = new TreeMap<>();

  /** As the other constructor, for a server whose transactions all have one group. */
  public ServerGroups(
      Env env, TrueTime trueTime, Messenger messenger, Strand strand, GroupOptions options) {
    this(env, trueTime, messenger, strand, options, Recovery.NONE);
  }

  /**
   * Registers the handlers of all requests to participants.
   *
   * @param strand the server strand, on which all groups of the server run
   * @param recovery ends transactions of several groups whose gateways have fallen silent
   */
  public ServerGroups(
      Env env,
      TrueTime trueTime,
      Messenger messenger,
      Strand strand,
      GroupOptions options,
      Recovery recovery) {
    this.recovery = recovery;
    this.env = env;
    this.trueTime = trueTime;
    this.messenger = messenger;
    this.strand = strand;
    this.options = options;
    this.readTimes = new ReadTimes(env, messenger, strand);
    onLocking(
        TxnMessages.READ,
        TxnMessages.READ_REPLY,
        call -> call.getLock() != LockMode.NONE.ordinal(),
        refusal -> ReadReply.newBuilder().setRefusal(refusal).build(),
        Participant::read);
    onLocking(
        TxnMessages.LOCK,
        TxnMessages.LOCK_REPLY,
        call -> true,
        refusal -> LockReply.newBuilder().setRefusal(refusal).build(),
        Participant::lock);
    on(
        TxnMessages.COMMIT,
        TxnMessages.COMMIT_REPLY,
        refusal -> CommitReply.newBuilder().setRefusal(refusal).build(),
        Participant::commit);
    on(
        TxnMessages.PREPARE,
        TxnMessages.PREPARE_REPLY,
        refusal -> PrepareReply.newBuilder().setRefusal(refusal).build(),
        Participant::prepare);
    on(
        TxnMessages.OUTCOME,
        TxnMessages.OUTCOME_REPLY,
        refusal -> OutcomeReply.newBuilder().setRefusal(refusal).build(),
        Participant::outcome);
    on(
        TxnMessages.VOTE,
        TxnMessages.VOTE_REPLY,
        refusal -> VoteReply.newBuilder().setRefusal(refusal).build(),
        Participant::vote);
    onNotice(TxnMessages.OUTCOME_ACKNOWLEDGED, Participant::acknowledged);
    on(
        TxnMessages.RESOLVE,
        TxnMessages.RESOLVE_REPLY,
        refusal -> ResolveReply.newBuilder().setRefusal(refusal).build(),
        Participant::resolve);
    messenger.on(
        TxnMessages.ROLLBACK,
        received -> strand.execute(() -> rollback(received, LEADER_KNOWN_TRIES)));
    messenger.on(TxnMessages.KEEP_ALIVE, received -> strand.execute(() -> keepAlive(received)));
  }

  /**
   * Opens a group's tablet at its last checkpoint; may wait for the disk, so on a fiber or before
   * the server runs.
   *
   * @throws IOException if the disk cannot be read
   */
  public TabletGroup open(GroupId group) throws IOException {
    return TabletGroup.open(env, strand, trueTime, group, options, recovery);
  }

  /** From now on the group serves; on the strand, once its replica is bound. */
  public void serve(TabletGroup group) {
    TabletGroup before = groups.put(group.group(), group);
    Invariants.check(before == null, "%s is served already", group.group());
    group.askBy(readTimes);
  }

  /**
   * Makes a checkpoint of every group, so that the next start need not apply its entries again; on
   * the strand. Fails if one of them fails; waits while the disk is full.
   */
  public CompletableFuture<Void> checkpoint() {
    return CompletableFuture.allOf(
        groups.values().stream()
            .filter(group -> !group.stopped())
            .map(group -> group.tablet().checkpoint())
            .toArray(CompletableFuture<?>[]::new));
  }

  /**
   * The server has no replica of the group any more: it serves no longer, and its tablet is closed;
   * on the strand.
   *
   * @return the closed group; null if it was not served
   */
  public @Nullable TabletGroup forget(GroupId group) {
    TabletGroup gone = groups.remove(group);
    if (gone != null) {
      gone.close();
    }
    return gone;
  }

  /**
   * Deletes what a crash has left of the data of a group whose replica was closed; waits for the
   * disk.
   *
   * @throws IOException if the disk fails
   */
  public void discardLeftovers(GroupId group) throws IOException {
    Tablet.discard(env, TabletGroup.folder(group));
  }

  /** Lets all files go; on the strand, at shutdown. */
  public void close() {
    groups.values().forEach(TabletGroup::close);
    groups.clear();
  }

  private <Q extends MessageLite, R extends MessageLite> void on(
      MessageType<Q> type,
      MessageType<R> replyType,
      Function<Refusal, R> refusing,
      Handler<Q, R> handler) {
    messenger.on(
        type, received -> strand.execute(() -> answer(received, replyType, refusing, handler)));
  }

  /**
   * Requests that take locks and may be repeated for long. Of a gateway that does not hear this
   * server they do nothing: each would keep the locks of the one before, which nobody can use or
   * give back, from everybody else for ever. The answer is what it must hear first.
   *
   * @param locks whether a request is such
   */
  private <Q extends MessageLite, R extends MessageLite> void onLocking(
      MessageType<Q> type,
      MessageType<R> replyType,
      Predicate<Q> locks,
      Function<Refusal, R> refusing,
      Handler<Q, R> handler) {
    messenger.on(
        type,
        received ->
            strand.execute(() -> {
              if (locks.test(received.body()) && isDeaf(received.from())) {
                messenger.reply(received, replyType, refusing.apply(DEAF));
              } else {
                answer(received, replyType, refusing, handler);
              }
            }));
  }

  /** The same for the word that transactions live. */
  private void keepAlive(Received<KeepAlive> received) {
    if (isDeaf(received.from())) {
      messenger.send(
          received.from(),
          TxnMessages.KEEP_ALIVE,
          received.group(),
          KeepAlive.getDefaultInstance()); // of no transaction: only to be heard
      return;
    }
    TabletGroup group = groups.get(received.group());
    if (group != null && received.body().getHoldingsCount() > 0) {
      group.handle(participant ->
          participant.keepAlive(
              received.body(),
              reply ->
                  messenger.send(
                      received.from(), TxnMessages.KEEP_ALIVE_REPLY, received.group(), reply)));
    }
  }

  /** What is given back to who does not lead goes on to who does, once, when that is known. */
  private void rollback(Received<RollbackNotice> received, int tries) {
    TabletGroup group = groups.get(received.group());
    if (group == null) {
      return;
    }
    group.handle(participant -> {
      RollbackNotice notice = received.body();
      if (participant.rollback(notice) || notice.getForwarded()) {
        return;
      }
      ServerId leader = participant.leaderHint();
      if (leader != null) {
        RollbackNotice forwarded = notice.toBuilder().setForwarded(true).build();
        messenger.send(leader, TxnMessages.ROLLBACK, received.group(), forwarded);
      } else if (tries > 1) {
        strand.schedule(LEADER_KNOWN_AFTER, () -> rollback(received, tries - 1));
      }
    });
  }

  private boolean isDeaf(ServerId gateway) {
    boolean deaf = messenger.unheardBy(gateway).compareTo(TxnLimits.LOCK_LEASE) > 0;
    if (deaf) {
      env.events().count("spanserver.deaf.gateways", 1);
      env.events().probe("spanserver.deaf.gateway");
    }
    return deaf;
  }

  private <Q extends MessageLite, R extends MessageLite> void answer(
      Received<Q> received,
      MessageType<R> replyType,
      Function<Refusal, R> refusing,
      Handler<Q, R> handler) {
    TabletGroup group = groups.get(received.group());
    if (group == null) {
      env.events().count("spanserver.group.unknown", 1);
      messenger.reply(received, replyType, refusing.apply(NO_REPLICA));
      return;
    }
    group.handle(participant ->
        handler.handle(
            participant, received.body(), reply -> messenger.reply(received, replyType, reply)));
  }

  private <Q extends MessageLite> void onNotice(
      MessageType<Q> type, BiConsumer<Participant, Q> handler) {
    messenger.on(
        type,
        received ->
            strand.execute(() -> {
              TabletGroup group = groups.get(received.group());
              if (group != null) {
                group.handle(participant -> handler.accept(participant, received.body()));
              }
            }));
  }
}
