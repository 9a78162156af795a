package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.attack.SearchActor;
import io.meridiandb.paxos.attack.SearchActor.Input;
import io.meridiandb.paxos.attack.SearchActor.Message;
import io.meridiandb.paxos.attack.SearchModel;
import io.meridiandb.paxos.membership.Quorum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Three servers, two groups, and nothing but the lease rule: the real {@link VoterState} and {@link
 * LeaseHolder}, with elections cut down to promises. Time is counted in units of ε: a lease is
 * {@value #LENGTH} of them, clocks are off by -1, 0 or +1.
 */
final class LeaseSearchModel implements SearchModel {
  static final int SIZE = 3;
  static final int GROUPS = 2;
  static final int LENGTH = 4;

  /** No lease and no silence binds longer. */
  static final int BOUND_MAX = LENGTH + 4;

  static final int INCARNATIONS_MAX = 2;
  static final long UNIT = 100_000_000L;
  static final LeaseConfig CONFIG =
      new LeaseConfig(Duration.ofNanos(LENGTH * UNIT), Duration.ofNanos(UNIT));
  static final long START = 1_000 * UNIT;

  /** A lease that is over for its holder but not yet for the voter; and over for everybody. */
  static final List<Leap> LEAPS = List.of(new Leap(3), new Leap(7));

  /** Which parts the servers are made of, and which rules of the model itself hold. */
  interface Parts {
    default VoterState voter(Lessee self, Duration bound, TTInterval now) {
      return new VoterState(self, CONFIG, bound, now);
    }

    default LeaseHolder holder(Lessee self) {
      return new LeaseHolder(self, CONFIG);
    }

    /** Whether RELEASE counts for its own ballot only (protocol G7). */
    default boolean releaseIsBound() {
      return true;
    }

    /** Whether looking at the leases and storing the promise is one step (protocol G1). */
    default boolean votesAtOnce() {
      return true;
    }
  }

  record Campaign(int group) implements Input {}

  record AskForLease(int voter) implements Input {}

  record HandOver(int group, int target) implements Input {}

  record CrashAndRestart() implements Input {}

  /** The second half of a vote, where it is not one step. */
  record StorePromise(int group) implements Input {}

  /** Time passes, in units. */
  record Leap(int units) implements Input {}

  record Ask(int to, int from, LeaseRequest request) implements Message {
    @Override
    public boolean once() {
      return true; // a second copy is a second question
    }
  }

  record Answer(int to, int from, LeaseReply reply) implements Message {
    @Override
    public boolean once() {
      return true; // a second copy says nothing new
    }
  }

  record Prepare(int to, int group, Ballot ballot) implements Message {}

  record Promise(int to, int from, int group, Ballot ballot, LeaseCounter counter)
      implements Message {}

  record Release(int to, int group, Ballot ballot, int target) implements Message {}

  private final Parts parts;
  private final int[] skew;
  private final Quorum quorum;

  LeaseSearchModel(Parts parts, int[] skew) {
    this.parts = parts;
    this.skew = skew;
    List<ServerId> ids = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      ids.add(new ServerId(i + 1));
    }
    quorum = Quorum.majorityOf(ids);
  }

  @Override
  public int size() {
    return SIZE;
  }

  @Override
  public SearchActor fresh(int node) {
    return new LeaseSearchServer(parts, node, skew[node], quorum);
  }

  @Override
  public List<? extends Input> actions(int node) {
    List<Input> actions = new ArrayList<>();
    for (int group = 1; group <= GROUPS; group++) {
      actions.add(new Campaign(group));
      for (int target = 0; target < SIZE; target++) {
        if (target != node) {
          actions.add(new HandOver(group, target));
        }
      }
    }
    for (int voter = 0; voter < SIZE; voter++) {
      if (voter != node) {
        actions.add(new AskForLease(voter));
      }
    }
    actions.add(new CrashAndRestart());
    if (!parts.votesAtOnce()) {
      actions.add(new StorePromise(1));
      actions.add(new StorePromise(2));
    }
    return actions;
  }

  @Override
  public List<? extends Input> common() {
    return LEAPS;
  }

  @Override
  public boolean exchanges() {
    return true;
  }

  /** Two servers lead one group with a lease at one true time. */
  @Override
  public boolean violated(Object[] facts) {
    for (int group = 0; group < GROUPS; group++) {
      int leaders = 0;
      for (Object fact : facts) {
        if (((LeaseSearchFact) fact).leadsNow(group)) {
          leaders++;
        }
      }
      if (leaders > 1) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int distance(Object[] facts, int once, int enough) {
    int least = Integer.MAX_VALUE;
    for (int group = 0; group < GROUPS; group++) {
      for (int one = 0; one < SIZE; one++) {
        for (int other = one + 1; other < SIZE; other++) {
          least = Math.min(least, LeaseSearchFact.untilBothLead(one, other, group, facts, once));
          if (least <= enough) {
            return least;
          }
        }
      }
    }
    return least;
  }

  @Override
  public boolean symmetric() {
    return true;
  }

  /** The two groups change their names. */
  @Override
  public Input mirrored(Input input) {
    return switch (input) {
      case Campaign c -> new Campaign(other(c.group));
      case HandOver h -> new HandOver(other(h.group), h.target);
      case Prepare p -> new Prepare(p.to, other(p.group), p.ballot);
      case Promise p -> new Promise(p.to, p.from, other(p.group), p.ballot, p.counter);
      case Release r -> new Release(r.to, other(r.group), r.ballot, r.target);
      case Answer a -> new Answer(a.to, a.from, mirrored(a.reply));
      case AtOnce a -> new AtOnce((Message) mirrored(a.message()));
      default -> input;
    };
  }

  private static LeaseReply mirrored(LeaseReply r) {
    List<Revocation> revoked =
        r.revoked().stream()
            .map(x ->
                new Revocation(x.number(), new GroupId(other((int) x.group().value())), x.ballot()))
            .toList();
    return new LeaseReply(
        r.lessee(), r.until(), r.counter(), revoked, r.all(), r.repliedAt(), r.readiness());
  }

  /** A moment as seen from now; all that no comparison can tell from the distant past is one. */
  static Timestamp moved(Timestamp t, long by) {
    if (t.equals(Timestamp.MIN)) {
      return t;
    }
    Timestamp moved = t.plusNanos(by);
    return by < 0 && isPast(moved.nanos()) ? Timestamp.MIN : moved;
  }

  static boolean isPast(long fromNow) {
    return fromNow <= -LENGTH * UNIT;
  }

  static LeaseRequest moved(LeaseRequest r, long by) {
    return new LeaseRequest(r.lessee(), moved(r.until(), by), r.known(), moved(r.echo(), by));
  }

  static LeaseReply moved(LeaseReply r, long by) {
    return new LeaseReply(
        r.lessee(),
        moved(r.until(), by),
        r.counter(),
        r.revoked(),
        r.all(),
        moved(r.repliedAt(), by),
        r.readiness());
  }

  private static int other(int group) {
    return GROUPS + 1 - group;
  }

  @Override
  public boolean useless(Message message, Object[] facts) {
    LeaseSearchFact receiver = (LeaseSearchFact) facts[message.to()];
    return switch (message) {
      // A lower ballot is refused for ever.
      case Prepare p -> receiver.promised[p.group - 1].isAfter(p.ballot);
      // Its candidate has gone on to another ballot, or is another lessee by now.
      case Promise p ->
          receiver.promised[p.group - 1].isAfter(p.ballot) || !receiver.isLessee(p.ballot);
      case Answer a -> !receiver.isLessee(a.reply.lessee());
      case Release r -> parts.releaseIsBound() && receiver.promised[r.group - 1].isAfter(r.ballot);
      // A question of an earlier start can only bind the voter.
      case Ask a -> !((LeaseSearchFact) facts[a.from]).isLessee(a.request.lessee());
      default -> false;
    };
  }

  @Override
  public Message aged(Message message, Input common) {
    long by = -((Leap) common).units() * UNIT;
    return switch (message) {
      case Ask a -> new Ask(a.to, a.from, moved(a.request, by));
      case Answer a -> new Answer(a.to, a.from, moved(a.reply, by));
      default -> message;
    };
  }
}
