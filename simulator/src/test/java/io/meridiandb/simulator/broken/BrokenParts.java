package io.meridiandb.simulator.broken;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.Log;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.log.RecoveredLog;
import io.meridiandb.paxos.replica.ImageSink;
import io.meridiandb.paxos.replica.ImageSource;
import io.meridiandb.paxos.replica.LeaderTerm;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.paxos.replica.StateMachine;
import io.meridiandb.server.NodeParts;
import io.meridiandb.simulator.invariant.ForwardingReplica;
import io.meridiandb.spanserver.tablet.TabletHost;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.lock.LockTable;
import io.meridiandb.txn.participant.BrokenParticipants;
import io.meridiandb.txn.participant.GroupEntries;
import io.meridiandb.txn.participant.Ownership;
import io.meridiandb.txn.participant.Participant;
import io.meridiandb.txn.participant.ParticipantContext;
import io.meridiandb.txn.participant.Recovery;
import io.meridiandb.txn.participant.Replication;
import io.meridiandb.txn.participant.VersionStore;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.OutcomeEntry;
import io.meridiandb.txn.proto.OutcomesImage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Parts of a server that break rules. Each object is one server in one life. */
final class BrokenParts {
  private static final Duration LATE = Duration.ofMillis(120);

  private BrokenParts() {}

  /** Participants with something in front of their group's log. */
  static NodeParts replicating(UnaryOperator<Replication> broken) {
    return new NodeParts() {
      @Override
      public Participant participant(
          ParticipantContext context, Ownership ownership, Recovery recovery) {
        return new Participant(
            with(context, broken.apply(context.replication())), ownership, recovery);
      }
    };
  }

  private static ParticipantContext with(ParticipantContext context, Replication replication) {
    return new ParticipantContext(
        context.group(),
        context.store(),
        replication,
        context.strand(),
        context.clocks(),
        context.events());
  }

  /** Participants that leave an amendment out. */
  static NodeParts without(String rule) {
    return new NodeParts() {
      @Override
      public Participant participant(
          ParticipantContext context, Ownership ownership, Recovery recovery) {
        return BrokenParticipants.without(rule, context, ownership, recovery);
      }
    };
  }

  /** Participants with lock tables of another kind. */
  static NodeParts locking(Function<LockTable.LossListener, LockTable> tables) {
    return new NodeParts() {
      @Override
      public Participant participant(
          ParticipantContext context, Ownership ownership, Recovery recovery) {
        return BrokenParticipants.locking(tables, context, ownership, recovery);
      }
    };
  }

  /** Participants that own whatever they are asked for. */
  static NodeParts owningEverything() {
    return new NodeParts() {
      @Override
      public Participant participant(
          ParticipantContext context, Ownership ownership, Recovery recovery) {
        return new Participant(context, Ownership.EVERYTHING, recovery);
      }
    };
  }

  /** Participants that end what is pursued by an abort of their own. */
  static NodeParts abortingByTimeout() {
    return new NodeParts() {
      @Override
      public Participant participant(
          ParticipantContext context, Ownership ownership, Recovery recovery) {
        return new Participant(
            context,
            ownership,
            request -> {
              OutcomeEntry abort =
                  OutcomeEntry.newBuilder().setTxn(Protos.txn(request.id())).build();
              byte[] entry = GroupEntries.encode(GroupEntry.newBuilder().setOutcome(abort).build());
              context.strand().execute(() -> context.replication().propose(at -> entry));
              return CompletableFuture.completedFuture(null);
            });
      }
    };
  }

  /** Tablets whose reads are always of the newest version. */
  static NodeParts readingTheNewest() {
    return new NodeParts() {
      @Override
      public Participant participant(
          ParticipantContext context, Ownership ownership, Recovery recovery) {
        VersionStore newest = new NewestStore(context.store());
        return new Participant(
            new ParticipantContext(
                context.group(),
                newest,
                context.replication(),
                context.strand(),
                context.clocks(),
                context.events()),
            ownership,
            recovery);
      }
    };
  }

  private record NewestStore(VersionStore to) implements VersionStore {
    @Override
    public Version read(io.meridiandb.row.key.Key key, Timestamp at) {
      return to.read(key, Timestamp.MAX);
    }

    @Override
    public void scan(
        io.meridiandb.row.key.KeyRange range, boolean reverse, Timestamp at, Visitor visitor) {
      to.scan(range, reverse, Timestamp.MAX, visitor);
    }

    @Override
    public Timestamp horizon() {
      return to.horizon();
    }
  }

  /** A log in front of the real one. */
  static NodeParts logging(UnaryOperator<Log> broken) {
    return new NodeParts() {
      @Override
      public Log log(Log log) {
        return broken.apply(log);
      }
    };
  }

  /** Says that records are durable as soon as they are handed over. */
  static Log acknowledgingEarly(Log log, Strand strand) {
    return new Forwarding.OfLog(log) {
      @Override
      public void append(List<LogRecord> batch, Runnable onDurable) {
        super.append(batch, () -> {});
        strand.execute(onDurable);
      }
    };
  }

  /** After a start it knows of no promise. */
  static Log forgettingPromises(Log log) {
    SortedMap<GroupId, RecoveredGroup> groups = new TreeMap<>();
    log.recovered()
        .groups()
        .forEach((id, group) -> groups.put(id, withPromise(group, Ballot.ZERO, group.entries())));
    return recovered(log, groups);
  }

  private static RecoveredGroup withPromise(
      RecoveredGroup group, Ballot promised, List<LogEntry> entries) {
    return new RecoveredGroup(
        group.group(),
        promised,
        group.baseIndex(),
        group.baseBallot(),
        group.commitHint(),
        group.old(),
        entries,
        group.membership());
  }

  private static Log recovered(Log log, SortedMap<GroupId, RecoveredGroup> groups) {
    RecoveredLog found = log.recovered();
    RecoveredLog other = new RecoveredLog(found.leaseBound(), found.timeMark(), groups);
    return new Forwarding.OfLog(log) {
      @Override
      public RecoveredLog recovered() {
        return other;
      }
    };
  }

  /** After a start, half of an entry stands at the end of each log: it was being written. */
  static Log acceptingTornTails(Log log) {
    SortedMap<GroupId, RecoveredGroup> groups = new TreeMap<>(log.recovered().groups());
    groups.replaceAll((id, group) -> {
      LogEntry last = group.entries().isEmpty() ? null : group.entries().getLast();
      if (last == null || last.kind() != EntryKind.COMMAND) {
        return group;
      }
      LogEntry torn =
          new LogEntry(
              last.index() + 1,
              last.ballot(),
              EntryKind.COMMAND,
              last.timestamp().next(),
              last.payload().substring(0, last.payload().size() / 2));
      log.append(List.of(new LogRecord.Append(id, torn)), () -> {});
      List<LogEntry> entries = new java.util.ArrayList<>(group.entries());
      entries.add(torn);
      return withPromise(group, group.promised(), entries);
    });
    return recovered(log, groups);
  }

  /** Checkpoints that hold no outcomes. */
  static NodeParts forgettingOutcomes() {
    return new NodeParts() {
      @Override
      public TabletHost tabletHost(GroupId group, TabletHost host) {
        return new Forwarding.OfTabletHost(host) {
          @Override
          public byte[] state() {
            return withoutOutcomes(super.state());
          }
        };
      }
    };
  }

  private static byte[] withoutOutcomes(byte[] state) {
    try {
      OutcomesImage image = OutcomesImage.parser().parseFrom(state, 1, state.length - 1);
      byte[] body = image.toBuilder().clearSessions().clearAttempts().build().toByteArray();
      byte[] other = new byte[1 + body.length];
      other[0] = state[0];
      System.arraycopy(body, 0, other, 1, body.length);
      return other;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A new leader knows only of what it commits itself. */
  static final class OutcomesOfOneLeader implements NodeParts {
    private final Map<GroupId, Participant> participants = new TreeMap<>();

    @Override
    public Participant participant(
        ParticipantContext context, Ownership ownership, Recovery recovery) {
      Participant made = new Participant(context, ownership, recovery);
      participants.put(context.group(), made);
      return made;
    }

    @Override
    public StateMachine machine(GroupId group, StateMachine machine) {
      return new Forwarding.OfMachine(machine) {
        @Override
        public void becameLeader(LeaderTerm term) {
          Participant participant = participants.get(group);
          if (participant != null) {
            participant.restore(withoutOutcomes(participant.image()));
          }
          super.becameLeader(term);
        }
      };
    }
  }

  /** All leaders have the same epoch, and believe whoever says that it holds locks. */
  static final class OneEpoch implements NodeParts {
    @Override
    public Participant participant(
        ParticipantContext context, Ownership ownership, Recovery recovery) {
      return BrokenParticipants.locking(
          BrokenParticipants.BelievesHolders::new, context, ownership, recovery);
    }

    @Override
    public StateMachine machine(GroupId group, StateMachine machine) {
      return new Forwarding.OfMachine(machine) {
        @Override
        public void becameLeader(LeaderTerm term) {
          super.becameLeader(new LeaderTerm(term.ballot(), 1, term.floor()));
        }
      };
    }
  }

  /** Followers vouch for times that have not passed at their leader. */
  static NodeParts closingTooHigh(Duration tooMuch) {
    return new NodeParts() {
      @Override
      public Replica replica(Replica replica) {
        return new ForwardingReplica(replica) {
          @Override
          public Timestamp closed() {
            Timestamp closed = super.closed();
            return closed.equals(Timestamp.MIN) ? closed : closed.plus(tooMuch);
          }

          @Override
          public void whenClosed(Timestamp t, Runnable task) {
            super.whenClosed(t.plus(tooMuch.negated()), task);
          }
        };
      }
    };
  }

  /** Followers apply late, and say at once that they have. */
  static NodeParts applyingLate(Env env) {
    return new NodeParts() {
      @Override
      public StateMachine machine(GroupId group, StateMachine machine) {
        return new LateMachine(machine, BrokenWorld.serverStrand(env));
      }
    };
  }

  private static final class LateMachine extends Forwarding.OfMachine {
    private final Strand strand;
    private final Deque<LogEntry> waiting = new ArrayDeque<>();
    private boolean leading;

    LateMachine(StateMachine to, Strand strand) {
      super(to);
      this.strand = strand;
    }

    @Override
    public void apply(LogEntry entry) {
      if (leading) {
        super.apply(entry);
      } else {
        waiting.addLast(entry);
        strand.schedule(LATE, this::next);
      }
    }

    private void next() {
      LogEntry entry = waiting.pollFirst();
      if (entry != null) {
        super.apply(entry);
      }
    }

    private void all() {
      while (!waiting.isEmpty()) {
        next();
      }
    }

    @Override
    public void becameLeader(LeaderTerm term) {
      all();
      leading = true;
      super.becameLeader(term);
    }

    @Override
    public void stepDown() {
      leading = false;
      super.stepDown();
    }

    @Override
    public CompletableFuture<ImageSource> exportImage() {
      all();
      return super.exportImage();
    }

    @Override
    public CompletableFuture<ImageSink> importImage(long index) {
      all();
      return super.importImage(index);
    }
  }

  /** Commits of several groups have this group's own timestamp here. */
  static Replication committingAtOwnVote(Replication replication) {
    Map<TxnId, Long> votes = new TreeMap<>();
    return new Forwarding.OfReplication(replication) {
      @Override
      public CompletableFuture<Long> propose(Function<Timestamp, byte[]> entry) {
        return super.propose(at -> {
          byte[] bytes = entry.apply(at);
          GroupEntry body = GroupEntries.decode(bytes);
          if (body.hasPrepared()) {
            votes.put(
                Protos.txn(body.getPrepared().getTxn()),
                body.getPrepared().getVote().getPreparedNanos());
          }
          Long own = body.hasOutcome() ? votes.get(Protos.txn(body.getOutcome().getTxn())) : null;
          if (own == null || !body.getOutcome().getCommitted()) {
            return bytes;
          }
          OutcomeEntry outcome = body.getOutcome().toBuilder().setTimestampNanos(own).build();
          return GroupEntries.encode(body.toBuilder().setOutcome(outcome).build());
        });
      }
    };
  }
}
