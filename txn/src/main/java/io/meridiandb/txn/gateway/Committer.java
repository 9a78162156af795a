package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.gateway.CrossGroupCommit.Participant;
import io.meridiandb.txn.gateway.LeaderCall.Question;
import io.meridiandb.txn.participant.CommitDecision.Decision;
import io.meridiandb.txn.participant.CommitMode;
import io.meridiandb.txn.participant.Recovery.RecoveryRequest;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Commits one transaction in the cheapest way that is right: nothing to do, locks let go, one
 * request to one group, or {@link CrossGroupCommit}. Used by the transaction's fiber.
 */
final class Committer {
  private final TransactionParts parts;
  private final TransactionBase base;
  private final Holds holds;
  private final TransactionOptions options;
  private final TreeSet<GroupId> written = new TreeSet<>();
  private final TreeMap<GroupId, Timestamp> released = new TreeMap<>();
  private @Nullable Timestamp start;
  private @Nullable CrossGroupCommit together;
  private @Nullable GroupId decider;

  Committer(TransactionParts parts, TransactionBase base, Holds holds, TransactionOptions options) {
    this.parts = parts;
    this.base = base;
    this.holds = holds;
    this.options = options;
  }

  /** The transaction writes there, as far as known. */
  void writes(GroupId group) {
    written.add(group);
  }

  /** See {@link Transaction#decideAt}. */
  void decideAt(GroupId group) {
    decider = group;
  }

  /** The anchor if it were committed now; null if nobody could ask for anything. */
  @Nullable GroupId likelyAnchor() {
    TreeSet<GroupId> participants = new TreeSet<>(written);
    holds.granted().forEach(hold -> participants.add(hold.group));
    return participants.isEmpty() ? null : anchor(participants, written);
  }

  /**
   * Who alone decides; or what the client knows already, if it takes part; otherwise a group that
   * is written.
   */
  private GroupId anchor(TreeSet<GroupId> participants, TreeSet<GroupId> writers) {
    GroupId alone = decider;
    if (alone != null && participants.contains(alone)) {
      return alone;
    }
    GroupId known = options.anchors().known();
    if (known != null && participants.contains(known)) {
      return known;
    }
    return writers.isEmpty() ? participants.first() : writers.first();
  }

  /**
   * Commits.
   *
   * @throws SchemaChangedException may be called again with the newer version
   */
  Timestamp commit(WriteBuffer buffer, SchemaVersion schema) {
    CrossGroupCommit begun = together;
    if (begun != null) {
      return awaitPassed(begun.run(schema));
    }
    TreeMap<GroupId, List<Write>> writes = new TreeMap<>();
    for (Write write : buffer.writes()) {
      GroupId group = parts.context().router().locate(Protos.key(write.getKey()));
      writes.computeIfAbsent(group, key -> new ArrayList<>()).add(write);
    }
    TreeMap<GroupId, LockHold> participants = new TreeMap<>();
    holds.granted().forEach(hold -> participants.put(hold.group, hold));
    for (GroupId group : writes.keySet()) {
      participants.put(group, holds.at(group));
    }
    if (participants.isEmpty()) {
      return parts.context().trueTime().now().latest();
    }
    if (writes.isEmpty()) {
      return release(participants, schema);
    }
    GroupId anchor = anchor(new TreeSet<>(participants.keySet()), new TreeSet<>(writes.keySet()));
    tell(anchor);
    List<GroupId> all = List.copyOf(participants.keySet());
    boolean decides = anchor.equals(decider) && all.size() > 1;
    CommitMode mode = decides ? CommitMode.EXPLICIT : parts.modes().of(all.size(), listBytes(all));
    RecoveryRequest transaction = new RecoveryRequest(base.id(), anchor, all, commitStart(), mode);
    if (participants.size() == 1) {
      return alone(participants.firstEntry().getValue(), writes.get(anchor), transaction, schema);
    }
    CrossGroupCommit commit = together(participants, writes, transaction);
    together = commit;
    return awaitPassed(commit.run(schema));
  }

  private static int listBytes(List<GroupId> groups) {
    PrepareCall.Builder list = PrepareCall.newBuilder();
    groups.forEach(group -> list.addParticipants(group.value()));
    return list.build().getSerializedSize();
  }

  private CrossGroupCommit together(
      TreeMap<GroupId, LockHold> participants,
      TreeMap<GroupId, List<Write>> writes,
      RecoveryRequest transaction) {
    List<Participant> all = new ArrayList<>();
    participants.forEach((group, hold) ->
        all.add(
            new Participant(
                hold, writes.getOrDefault(group, List.of()), holds.lockedWhole(group))));
    return new CrossGroupCommit(parts, base.deadline(), transaction, options.ackedSequence(), all);
  }

  /** Before anything of the commit leaves, the client knows whom to ask (protocol G14). */
  private void tell(GroupId anchor) {
    GroupId known = options.anchors().known();
    if (known != null && !known.equals(anchor)) {
      options.anchors().tell(base.id(), anchor);
    }
  }

  private Timestamp commitStart() {
    Timestamp at = start;
    if (at == null) {
      at = parts.context().trueTime().now().latest();
      start = at;
    }
    return at;
  }

  private CommitCall.Builder call(GroupId group, SchemaVersion schema) {
    return CommitCall.newBuilder()
        .setCommitStartNanos(commitStart().nanos())
        .setAckedSequence(options.ackedSequence())
        .setSchemaVersion(schema.value())
        .setAnchor(group.value());
  }

  /** One group has everything: its one log entry decides and holds all. */
  private Timestamp alone(
      LockHold hold,
      @Nullable List<Write> writes,
      RecoveryRequest transaction,
      SchemaVersion schema) {
    CommitCall.Builder call =
        call(hold.group, schema).addAllWrites(writes == null ? List.of() : writes);
    CommitReply reply;
    try {
      reply =
          parts
              .caller()
              .ask(
                  Question.of(
                          hold.group,
                          Exchanges.COMMIT,
                          epoch -> call.setHolding(hold.holding(epoch)).build())
                      .insisting(hold.granted()),
                  base.deadline());
    } catch (MeridianException e) {
      throw Refusals.unknown(base.id(), String.valueOf(e.getMessage()), e);
    }
    if (reply.getRefusal().getReason() == Reason.WRONG_DIRECTORY) {
      parts.context().router().directories(reply.getRefusal().getDirectoriesList());
      return rerouted(transaction);
    }
    if (reply.hasRefusal()) {
      throw Refusals.exception(reply.getRefusal());
    }
    return new Timestamp(reply.getCommitTimestampNanos());
  }

  /**
   * The rows are in another group now. Before the next attempt goes there, this one must be refused
   * here for good: else a late copy of the request could still be done, should the rows come back.
   */
  private Timestamp rerouted(RecoveryRequest transaction) {
    Decision decision = parts.caller().await(parts.recovery().decide(transaction), base.deadline());
    return switch (decision) {
      case Decision.Commit(Timestamp timestamp) -> awaitPassed(timestamp);
      case Decision.Abort() ->
          throw new MeridianException(
                  ErrorCode.SERIALIZATION_FAILURE,
                  "rows of transaction %s have moved to another group".formatted(base.id()))
              .withHint("Run the transaction again.");
      case null ->
          throw Refusals.unknown(
              base.id(), "%s could not be asked".formatted(transaction.anchor()), null);
    };
  }

  /**
   * It has only read: all its locks were held when this began, so there was such a moment; each
   * group then sees to it that nobody writes below the timestamp it answers with.
   */
  private Timestamp release(TreeMap<GroupId, LockHold> participants, SchemaVersion schema) {
    List<LeaderCall<CommitCall, CommitReply>> calls = new ArrayList<>();
    for (Map.Entry<GroupId, LockHold> each : participants.entrySet()) {
      if (!released.containsKey(each.getKey())) {
        LockHold hold = each.getValue();
        CommitCall.Builder call = call(hold.group, schema);
        calls.add(
            parts
                .caller()
                .begin(
                    Question.of(
                            hold.group,
                            Exchanges.RELEASE,
                            epoch -> call.setHolding(hold.holding(epoch)).build())
                        .insisting(true),
                    base.deadline()));
      }
    }
    List<CommitReply> replies = parts.caller().finishAll(calls, base.deadline());
    RuntimeException refused = null;
    for (int i = 0; i < replies.size(); i++) {
      CommitReply reply = replies.get(i);
      if (!reply.hasRefusal()) {
        released.put(calls.get(i).group(), new Timestamp(reply.getCommitTimestampNanos()));
      } else if (refused == null || refused instanceof SchemaChangedException) {
        refused = Refusals.exception(reply.getRefusal());
      }
    }
    if (refused != null) {
      throw refused;
    }
    Timestamp earliest = Timestamp.MAX;
    for (Timestamp each : released.values()) {
      earliest = Timestamp.min(earliest, each);
    }
    return earliest;
  }

  /** Commit wait (Spanner OSDI'12 4.1.2): nobody hears of it before it has surely passed. */
  private Timestamp awaitPassed(Timestamp timestamp) {
    Timestamp earliest = parts.context().trueTime().now().earliest();
    while (!earliest.isAfter(timestamp)) {
      parts.caller().commitWait(Duration.ofNanos(timestamp.nanos() - earliest.nanos() + 1));
      earliest = parts.context().trueTime().now().earliest();
    }
    return timestamp;
  }

  /** It is given up; where it is prepared already (the schema changed elsewhere) it is ended. */
  void abandon() {
    CrossGroupCommit begun = together;
    if (begun != null) {
      begun.abort();
    }
  }
}
