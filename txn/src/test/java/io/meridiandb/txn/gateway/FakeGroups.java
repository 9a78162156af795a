package io.meridiandb.txn.gateway;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.codec.TupleCodec;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanEvaluator;
import io.meridiandb.row.scan.ScanProgramCodec;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.Directory;
import io.meridiandb.txn.proto.LockCall;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.OutcomeReply;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.Range;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.StoredRow;
import io.meridiandb.txn.proto.Vote;
import io.meridiandb.txn.proto.VoteCall;
import io.meridiandb.txn.proto.VoteReply;
import io.meridiandb.txn.proto.Write;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A gateway on server 99, and groups that only know the manners of participants: group n is led by
 * server n + 1, votes and outcomes are kept, locks are never in anybody's way. A test says which
 * requests are refused and whose answers are lost.
 */
final class FakeGroups implements AutoCloseable {
  private static final Duration LEASE = Duration.ofSeconds(3);
  static final ServerId HOME = new ServerId(99);

  /** What a group knows of a transaction. */
  private record Known(@Nullable Vote vote, List<Write> writes, @Nullable OutcomeCall ended) {}

  /** One group, at its leader and wherever else it is asked. */
  final class Group {
    final GroupId id;
    final ServerId leader;
    final TreeMap<Key, byte[]> rows = new TreeMap<>();
    final Deque<Refusal> refusePrepares = new ArrayDeque<>();
    final Deque<Refusal> refuseCommits = new ArrayDeque<>();
    final List<PrepareCall> prepares = new ArrayList<>();
    final List<CommitCall> commits = new ArrayList<>();
    final List<LockCall> lockCalls = new ArrayList<>();
    final List<ReadCall> reads = new ArrayList<>();
    final Map<TxnId, Known> known = new TreeMap<>();
    int losePrepareReplies;
    int loseOutcomes;
    int loseOutcomeReplies;
    final List<VoteCall> votesAsked = new ArrayList<>();
    Duration leaseLength = LEASE;
    boolean neverOwns;
    int rollbacks;
    private long grants;
    private Timestamp last = Timestamp.ZERO;

    Group(long number) {
      id = new GroupId(number);
      leader = new ServerId(number + 1);
    }

    /** The outcome that has arrived, or null. */
    @Nullable OutcomeCall ended(TxnId txn) {
      Known at = known.get(txn);
      return at == null ? null : at.ended;
    }

    private Timestamp next() {
      last = Timestamp.max(clock.now().latest().ceilToStep(), last.next());
      return last;
    }

    private void apply(List<Write> writes) {
      for (Write write : writes) {
        switch (write.getAction()) {
          case PUT -> rows.put(Protos.key(write.getKey()), write.getValue().toByteArray());
          case DELETE -> rows.remove(Protos.key(write.getKey()));
          case KEEP, UNRECOGNIZED -> {
            // a condition alone
          }
        }
      }
    }

    private @Nullable Refusal notOwned(List<Range> ranges) {
      for (Range each : ranges) {
        KeyRange range = Protos.range(each);
        if (neverOwns || !owners.cut(range).stream().allMatch(part -> part.group().equals(id))) {
          Refusal.Builder refusal = refusal(Reason.WRONG_DIRECTORY);
          owners
              .cut(KeyRange.ALL)
              .forEach(part ->
                  refusal.addDirectories(
                      Directory.newBuilder()
                          .setRange(Protos.range(part.range()))
                          .setGroup(part.group().value())
                          .setGeneration(generation)));
          return refusal.build();
        }
      }
      return null;
    }

    private @Nullable Refusal failed(List<Write> writes) {
      for (Write write : writes) {
        boolean exists = rows.containsKey(Protos.key(write.getKey()));
        if (write.getCondition() == Write.Condition.MUST_NOT_EXIST && exists) {
          return refusal(Reason.CONDITION_FAILED).setCondition(1).setKey(write.getKey()).build();
        }
      }
      return notOwned(
          writes.stream()
              .map(write -> Protos.range(KeyRange.point(Protos.key(write.getKey()))))
              .toList());
    }

    ReadReply read(ReadCall call) {
      reads.add(call);
      Refusal refusal = notOwned(call.getRangesList());
      if (refusal != null) {
        ReadReply.Builder refused = ReadReply.newBuilder().setRefusal(refusal);
        // Ownership is looked at under the locks.
        return call.getLock() == 0
            ? refused.build()
            : refused.setEpoch(1).setGrant(++grants).build();
      }
      ReadReply.Builder reply = ReadReply.newBuilder();
      if (call.getLock() == 0) {
        reply.setReadTimestampNanos(
            call.hasReadTimestampNanos()
                ? call.getReadTimestampNanos()
                : clock.now().latest().nanos());
      } else {
        reply.setEpoch(1).setGrant(++grants);
      }
      ScanEvaluator.@Nullable Run run =
          call.getProgram().isEmpty()
              ? null
              : ScanEvaluator.of(ScanProgramCodec.fromBytes(call.getProgram().toByteArray()))
                  .start(call.getLimit());
      for (Range each : call.getRangesList()) {
        KeyRange range = Protos.range(each);
        (call.getReverse() ? rows.descendingMap() : rows)
            .forEach((key, value) -> {
              if (range.contains(key) && run != null) {
                run.accept(key, value);
              } else if (range.contains(key)) {
                reply.addRows(
                    StoredRow.newBuilder()
                        .setKey(Protos.bytes(key))
                        .setValue(ByteString.copyFrom(value)));
              }
            });
      }
      return run == null
          ? reply.build()
          : reply.setTuples(ByteString.copyFrom(TupleCodec.encode(run.finish()))).build();
    }

    LockReply lock(LockCall call) {
      lockCalls.add(call);
      Refusal refusal = failed(call.getKeysList());
      refusal = refusal == null ? notOwned(call.getExclusiveRangesList()) : refusal;
      LockReply.Builder reply = LockReply.newBuilder();
      if (refusal != null) {
        reply.setRefusal(refusal);
      }
      return reply.setEpoch(1).setGrant(++grants).build();
    }

    CommitReply commit(CommitCall call) {
      commits.add(call);
      TxnId txn = Protos.txn(call.getHolding().getTxn());
      Refusal refusal = refuseCommits.poll();
      refusal =
          refusal == null && known.containsKey(txn) ? refusal(Reason.ABORTED).build() : refusal;
      refusal = refusal == null ? failed(call.getWritesList()) : refusal;
      if (refusal != null) {
        return CommitReply.newBuilder().setRefusal(refusal).build();
      }
      apply(call.getWritesList());
      return CommitReply.newBuilder().setCommitTimestampNanos(next().nanos()).setEpoch(1).build();
    }

    PrepareReply prepare(PrepareCall call) {
      prepares.add(call);
      TxnId txn = Protos.txn(call.getHolding().getTxn());
      Known before = known.get(txn);
      PrepareReply.Builder reply = PrepareReply.newBuilder().setEpoch(1);
      if (before != null && before.ended != null) {
        return reply.setEnded(before.ended).build();
      } else if (before != null) {
        return before.vote == null
            ? reply.setRefusal(refusal(Reason.ABORTED)).build()
            : reply.setVote(before.vote).build();
      }
      Refusal refusal = refusePrepares.poll();
      refusal = refusal == null ? failed(call.getWritesList()) : refusal;
      if (refusal != null) {
        return reply.setRefusal(refusal).build();
      }
      Timestamp p = next();
      Vote vote =
          Vote.newBuilder()
              .setPreparedNanos(p.nanos())
              .setLeaseEndNanos(p.plus(leaseLength).nanos())
              .setSchemaUntilNanos(Long.MAX_VALUE)
              .build();
      known.put(txn, new Known(vote, call.getWritesList(), null));
      return reply.setVote(vote).build();
    }

    OutcomeReply outcome(OutcomeCall call) {
      TxnId txn = Protos.txn(call.getTxn());
      Known before = known.get(txn);
      if (before == null) {
        known.put(txn, new Known(null, List.of(), call));
      } else if (before.ended == null) {
        if (call.getCommitted()) {
          apply(before.writes);
        }
        known.put(txn, new Known(before.vote, before.writes, call));
      } else if (before.ended.getCommitted() != call.getCommitted()
          && !before.ended.getCommitted()
          && prepares.getFirst().getExplicit()) {
        return OutcomeReply.newBuilder().setEnded(before.ended).build();
      } else if (before.ended.getCommitted() != call.getCommitted()) {
        throw new AssertionError(txn + " ended in two ways");
      }
      return OutcomeReply.newBuilder().setChosen(true).build();
    }

    VoteReply vote(VoteCall call) {
      votesAsked.add(call);
      TxnId txn = Protos.txn(call.getTxn());
      Known at = known.computeIfAbsent(txn, key -> new Known(null, List.of(), null));
      if (call.getExplicit() && at.ended == null) {
        at = new Known(null, List.of(), OutcomeCall.newBuilder().setTxn(call.getTxn()).build());
        known.put(txn, at);
      }
      if (at.ended != null) {
        return VoteReply.newBuilder().setEnded(at.ended).build();
      }
      return at.vote == null
          ? VoteReply.newBuilder().setRefused(true).build()
          : VoteReply.newBuilder().setPrepared(at.vote).build();
    }
  }

  final SimulatedWorld world = new SimulatedWorld(5);
  final List<Group> groups = new ArrayList<>();
  final BorderRouter owners = new BorderRouter();
  final BorderRouter router = new BorderRouter();
  final GatewayImpl gateway;
  final TrueTime clock;
  long generation = 1;

  /** Servers that have not applied what is later than {@link #behindSince}. */
  final TreeSet<ServerId> behind = new TreeSet<>();

  long behindSince;
  private long sequence;

  FakeGroups(int count) {
    for (int i = 0; i < count; i++) {
      Group group = new Group(i);
      groups.add(group);
      serve(group.leader);
    }
    Env env = world.server(HOME);
    Strand strand = env.strands().create("server");
    clock = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
    gateway = new GatewayImpl(env, clock, messenger(env, HOME, strand), router, strand);
  }

  private Messenger messenger(Env env, ServerId id, Strand strand) {
    TrueTime time = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
    return new Messenger(
        new ServerIdentity(new UniverseId(1, 1), id, 1),
        env.transport(),
        time::now,
        strand,
        env.events());
  }

  /** A server that answers for every group as its leader would. */
  void serve(ServerId id) {
    Env env = world.server(id);
    Messenger messenger = messenger(env, id, env.strands().create("server"));
    messenger.on(
        TxnMessages.READ,
        in ->
            messenger.reply(
                in,
                TxnMessages.READ_REPLY,
                behind.contains(id) && in.body().getReadTimestampNanos() > behindSince
                    ? ReadReply.newBuilder().setRefusal(refusal(Reason.NOT_LEADER)).build()
                    : group(in.group()).read(in.body())));
    messenger.on(
        TxnMessages.LOCK,
        in -> messenger.reply(in, TxnMessages.LOCK_REPLY, group(in.group()).lock(in.body())));
    messenger.on(
        TxnMessages.COMMIT,
        in -> messenger.reply(in, TxnMessages.COMMIT_REPLY, group(in.group()).commit(in.body())));
    messenger.on(
        TxnMessages.PREPARE,
        in -> {
          Group group = group(in.group());
          PrepareReply reply = group.prepare(in.body());
          if (group.losePrepareReplies-- <= 0) {
            messenger.reply(in, TxnMessages.PREPARE_REPLY, reply);
          }
        });
    messenger.on(
        TxnMessages.OUTCOME,
        in -> {
          Group group = group(in.group());
          if (group.loseOutcomes-- <= 0) {
            OutcomeReply reply = group.outcome(in.body());
            if (group.loseOutcomeReplies-- <= 0) {
              messenger.reply(in, TxnMessages.OUTCOME_REPLY, reply);
            }
          }
        });
    messenger.on(
        TxnMessages.VOTE,
        in -> messenger.reply(in, TxnMessages.VOTE_REPLY, group(in.group()).vote(in.body())));
    messenger.on(TxnMessages.ROLLBACK, in -> group(in.group()).rollbacks++);
    messenger.on(TxnMessages.KEEP_ALIVE, in -> {});
    messenger.on(TxnMessages.OUTCOME_ACKNOWLEDGED, in -> {});
  }

  Group group(GroupId id) {
    return groups.get((int) id.value());
  }

  static Refusal.Builder refusal(Reason reason) {
    return Refusal.newBuilder().setReason(reason).setMessage("the test wants " + reason);
  }

  /** From this key on (up to the next border) the group owns the rows, and the router knows. */
  void border(Key from, long group) {
    owners.border(from, group);
    router.border(from, group);
  }

  TxnId nextId() {
    return new TxnId(1, 2, ++sequence, 1);
  }

  /** A body on a fiber of the gateway's server. */
  void run(Runnable body) {
    try {
      world.call(
          HOME,
          () -> {
            body.run();
            return true;
          });
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    world.close();
  }
}
