package io.meridiandb.paxos.attack;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.check.InvariantViolation;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.CoreFixture;
import io.meridiandb.paxos.core.PaxosInput;
import io.meridiandb.paxos.core.PaxosMessage;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.membership.Quorum;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The whole production core while members change: campaigns, promises, fetched logs, commands,
 * changes of members, crashes. Every force happens at once. Leases are left out (everybody who is
 * elected believes in his): what is chosen must not depend on them.
 */
final class JointSearchModel implements SearchModel {
  private static final TTInterval NOW = at(1_000_000_000_000L);
  private static final TTInterval LATER = at(1_000_500_000_000L);
  private static final Timestamp FOR_EVER = new Timestamp(Long.MAX_VALUE / 2);

  /** Asks the others for their votes; that they would give them is not asked beforehand. */
  record Campaign() implements SearchActor.Input {}

  /** The leader repeats what may have been lost, and tells what is chosen. */
  record Tick() implements SearchActor.Input {}

  record Propose() implements SearchActor.Input {}

  record Change(List<Integer> full) implements SearchActor.Input {}

  record CrashAndRestart() implements SearchActor.Input {}

  record Sent(int from, int to, PaxosMessage message) implements SearchActor.Message {
    @Override
    public String toString() {
      return Show.of(message) + " from " + (from + 1);
    }
  }

  private final ReplicaSet begin;
  private final List<List<Integer>> targets;
  private final BrokenRule broken;
  private final int size;
  private final boolean crashes;

  /**
   * A model.
   *
   * @param begin the members at first
   * @param targets what they may be changed to
   * @param crashes whether servers crash, each once
   */
  JointSearchModel(
      int size,
      List<Integer> begin,
      List<List<Integer>> targets,
      BrokenRule broken,
      boolean crashes) {
    this.size = size;
    this.begin = set(begin);
    this.targets = targets;
    this.broken = broken;
    this.crashes = crashes;
  }

  private static TTInterval at(long nanos) {
    return new TTInterval(new Timestamp(nanos), new Timestamp(nanos));
  }

  private static ReplicaSet set(List<Integer> full) {
    return ReplicaSet.ofFull(full.stream().map(ServerId::new).toList());
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public SearchActor fresh(int node) {
    return new Server(node);
  }

  @Override
  public List<? extends SearchActor.Input> actions(int node) {
    List<SearchActor.Input> actions = new ArrayList<>();
    actions.add(new Campaign());
    actions.add(new Tick());
    actions.add(new Propose());
    targets.forEach(target -> actions.add(new Change(target)));
    if (crashes) {
      actions.add(new CrashAndRestart());
    }
    return actions;
  }

  @Override
  public List<? extends SearchActor.Input> common() {
    return List.of();
  }

  @Override
  public boolean exchanges() {
    return false;
  }

  /** Two servers take different entries for chosen at one place, or one notices by itself. */
  @Override
  public boolean violated(Object[] facts) {
    Map<Long, String> chosen = new TreeMap<>();
    for (Object fact : facts) {
      Fact known = (Fact) fact;
      if (known.failed != null) {
        return true;
      }
      for (Map.Entry<Long, String> entry : known.chosen.entrySet()) {
        String before = chosen.putIfAbsent(entry.getKey(), entry.getValue());
        if (before != null && !before.equals(entry.getValue())) {
          return true;
        }
      }
    }
    return false;
  }

  /** A message of a ballot that its receiver has left for a higher one does nothing any more. */
  @Override
  public boolean useless(SearchActor.Message message, Object[] facts) {
    Fact receiver = (Fact) facts[message.to()];
    return switch (((Sent) message).message()) {
      case PaxosMessage.Promise m -> receiver.promised.isAfter(m.ballot()) && promisesCount();
      case PaxosMessage.Accepted m -> receiver.promised.isAfter(m.ballot()) && promisesCount();
      case PaxosMessage.Suffix m -> receiver.promised.isAfter(m.ballot()) && promisesCount();
      case PaxosMessage.Behind m -> receiver.promised.isAfter(m.ballot()) && promisesCount();
      case PaxosMessage.Refusal m -> true;
      case PaxosMessage.Release m -> true;
      case PaxosMessage.Inquiry m -> true;
      case PaxosMessage.PreVote m -> true;
      case PaxosMessage.PreVoteReply m -> true;
      default -> false;
    };
  }

  private boolean promisesCount() {
    return broken != BrokenRule.FORGETS_ITS_PROMISE;
  }

  private record Fact(Ballot promised, Map<Long, String> chosen, String failed) {}

  private final class Server extends SearchActor implements AttackServer.World {
    private final int id;
    private final AttackServer server;
    private final Map<Long, String> chosen = new TreeMap<>();
    private int proposed;
    private TTInterval now = NOW;
    private String failed;

    Server(int id) {
      this.id = id;
      server = new AttackServer(this, new ServerId(id + 1), begin, broken);
      server.start();
    }

    @Override
    public void on(Input input) {
      if (failed != null) {
        return;
      }
      try {
        react(input);
        force();
      } catch (InvariantViolation | AssertionError noticed) {
        failed = noticed.getMessage();
      }
    }

    private void react(Input input) {
      switch (input) {
        case Campaign action -> campaign();
        case Tick action -> {
          if (server.announced) {
            now = LATER;
            server.tick();
            now = NOW;
            server.run(new PaxosInput.Flush(NOW));
          }
        }
        case Propose action -> {
          if (proposed < 1 && server.propose("of " + (id + 1))) {
            proposed++;
          }
        }
        case Change change -> {
          if (server.announced) {
            server.run(new PaxosInput.ChangeMembers(NOW, set(change.full)));
          }
        }
        case CrashAndRestart action -> {
          if (server.incarnation < 2) {
            server.crash(0);
            server.start();
          }
        }
        case Sent sent -> server.deliver(new ServerId(sent.from + 1), sent.message);
        default -> throw new IllegalArgumentException(input.toString());
      }
    }

    private void force() {
      while (!server.unforced.isEmpty()) {
        server.force();
      }
    }

    /** All would vote for it: what a pre-vote asks cannot make anything safer. */
    private void campaign() {
      if (server.announced || server.core.wantsLease()) {
        return;
      }
      server.tick();
      now = LATER;
      server.tick();
      now = NOW;
      for (int other = 0; other < size && server.unforced.isEmpty(); other++) {
        if (other != id) {
          PaxosMessage yes = new PaxosMessage.PreVoteReply(true, server.core.promised(), 0);
          server.run(new PaxosInput.Deliver(NOW, new ServerId(other + 1), yes));
        }
      }
      server.run(new PaxosInput.Flush(NOW));
    }

    @Override
    public TTInterval now(AttackServer of) {
      return now;
    }

    @Override
    public void send(ServerId from, ServerId to, Object message) {
      PaxosMessage sent = (PaxosMessage) message;
      if (sent instanceof PaxosMessage.Promise p) {
        // So that the LEADER_STARTs of two leaders are told apart.
        Ballot b = p.ballot();
        long unique = 100_000L * b.round() + 10_000L * b.server().value() + 1_000 * b.incarnation();
        sent = new PaxosMessage.Promise(b, p.log(), p.counter(), NOW.latest().plusNanos(unique));
      }
      send(new Sent((int) from.value() - 1, (int) to.value() - 1, sent));
    }

    @Override
    public void forceLater(AttackServer of) {}

    @Override
    public void chosen(AttackServer by, LogEntry entry) {
      String content =
          entry.kind() + " " + entry.timestamp() + " " + entry.payload().toStringUtf8();
      String before = chosen.putIfAbsent(entry.index(), content);
      if (before != null && !before.equals(content)) {
        throw new AssertionError("chosen anew: " + entry);
      }
    }

    @Override
    public void promised(Timestamp t, long afterIndex, List<LogEntry> held) {}

    @Override
    public void imageNeeded(ServerId needy) {}

    @Override
    public void tell(String what) {}

    @Override
    public LeaseHolder holder(LeaseHolder usual) {
      return new LeaseHolder(usual.self(), AttackServer.CONFIG.lease()) {
        private boolean leads;

        @Override
        public void lead(GroupId group, Ballot ballot, Quorum quorum) {
          leads = true;
          super.lead(group, ballot, quorum);
        }

        @Override
        public void unlead(GroupId group) {
          leads = false;
          super.unlead(group);
        }

        @Override
        public Timestamp leaseEnd(GroupId group) {
          return leads ? FOR_EVER : Timestamp.MIN;
        }
      };
    }

    @Override
    public RandomSource random() {
      return CoreFixture.NO_RANDOM;
    }

    @Override
    public String dump() {
      return new StateDump()
          .add(server.incarnation)
          .add(server.announced)
          .add(server.core)
          .add(server.clock.lastTs())
          .add(server.disk)
          .add(chosen)
          .add(proposed)
          .add(failed)
          .toString();
    }

    @Override
    public Object fact() {
      return new Fact(server.core.promised(), new TreeMap<>(chosen), failed);
    }
  }
}
