package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.attack.SearchActor;
import io.meridiandb.paxos.attack.SearchActor.Input;
import io.meridiandb.paxos.attack.SearchModel;
import io.meridiandb.paxos.attack.StateDump;
import io.meridiandb.paxos.core.CoreFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Three servers that agree on one entry of one group, with the real {@link VoterState}: campaigns,
 * promises, the entry sent and taken, crashes. Leases are left out: nobody has one. Shows what
 * becomes of a chosen entry where a candidate goes on after its own voter has moved (attack 45), or
 * where a server forgets what it promised.
 */
final class AgreementSearchModel implements SearchModel {
  static final int SIZE = 3;
  static final int ROUNDS_MAX = 4;
  private static final GroupId G = CoreFixture.G;
  private static final TTInterval NOW = new TTInterval(new Timestamp(1000), new Timestamp(1000));

  /** Which rule is left out. */
  enum Broken {
    NOTHING,
    /** A candidate goes on after its own voter has promised more (G5; attack 45). */
    CANDIDATE_GOES_ON,
    /** The promise is not durable before others hear of it. */
    PROMISE_FORGOTTEN,
    /** The entry is acknowledged before it is durable. */
    ENTRY_FORGOTTEN,
    /** The leader takes its own entry in place of the best of the promises (C1). */
    NOTHING_ADOPTED
  }

  /** The entry that a server holds, and the ballot that it is stamped with. */
  record Held(Ballot ballot, String entry) {}

  record Campaign() implements Input {}

  record CrashAndRestart() implements Input {}

  record Prepare(int to, Ballot ballot) implements SearchActor.Message {}

  record Promise(int to, int from, Ballot ballot, Held held) implements SearchActor.Message {}

  record Accept(int to, Held held) implements SearchActor.Message {}

  private final Broken broken;

  AgreementSearchModel(Broken broken) {
    this.broken = broken;
  }

  @Override
  public int size() {
    return SIZE;
  }

  @Override
  public SearchActor fresh(int node) {
    return new Server(node);
  }

  @Override
  public List<? extends Input> actions(int node) {
    return List.of(new Campaign(), new CrashAndRestart());
  }

  @Override
  public List<? extends Input> common() {
    return List.of();
  }

  @Override
  public boolean exchanges() {
    return false;
  }

  /** Two entries are chosen: a majority has taken each under one ballot. */
  @Override
  public boolean violated(Object[] facts) {
    return chosen(facts).size() > 1;
  }

  private static Set<String> chosen(Object[] facts) {
    Map<Held, Integer> takers = new HashMap<>();
    Set<String> chosen = new TreeSet<>();
    for (Object fact : facts) {
      for (Held held : ((Fact) fact).everTaken) {
        if (2 * takers.merge(held, 1, Integer::sum) > SIZE) {
          chosen.add(held.entry);
        }
      }
    }
    return chosen;
  }

  /** The last step is one more server that takes an entry. */
  @Override
  public int distance(Object[] facts, int once, int enough) {
    return chosen(facts).isEmpty() ? 2 : 1;
  }

  @Override
  public boolean useless(SearchActor.Message message, Object[] facts) {
    Fact receiver = (Fact) facts[message.to()];
    return switch (message) {
      case Prepare p -> broken != Broken.PROMISE_FORGOTTEN && receiver.promised.isAfter(p.ballot);
      case Promise p -> receiver.promised.incarnation() > p.ballot.incarnation();
      default -> false;
    };
  }

  /** What a server has promised, and all that it has ever taken. */
  private record Fact(Ballot promised, Set<Held> everTaken) {}

  private final class Server extends SearchActor {
    private final int id;
    private long incarnation;
    private VoterState voter;
    private Ballot durablePromise = Ballot.ZERO;
    private Held held = new Held(Ballot.ZERO, "");
    private Ballot campaign = Ballot.ZERO;
    private final Map<Integer, Held> promises = new TreeMap<>();
    private final Set<Held> everTaken = new TreeSet<>((a, b) -> a.ballot.compareTo(b.ballot));

    Server(int id) {
      this.id = id;
      boot();
    }

    private void boot() {
      incarnation++;
      Lessee self = new Lessee(new ServerId(id + 1), incarnation);
      voter = CoreFixture.voter(self, Duration.ZERO, NOW);
      if (broken != Broken.PROMISE_FORGOTTEN) {
        voter.restore(G, durablePromise);
      }
      if (broken == Broken.ENTRY_FORGOTTEN) {
        held = new Held(Ballot.ZERO, "");
      }
      campaign = Ballot.ZERO;
      promises.clear();
    }

    @Override
    public void on(Input input) {
      switch (input) {
        case Campaign action -> campaign();
        case CrashAndRestart action -> {
          if (incarnation < 2) {
            boot();
          }
        }
        case Prepare prepare -> {
          if (voter.vote(G, prepare.ballot, NOW) instanceof Vote.Granted) {
            promised();
            int candidate = (int) prepare.ballot.server().value() - 1;
            send(new Promise(candidate, id, prepare.ballot, held));
          }
        }
        case Promise promise -> {
          if (promise.ballot.equals(campaign)) {
            promises.put(promise.from, promise.held);
            if (2 * promises.size() > SIZE) {
              win();
            }
          }
        }
        case Accept accept -> {
          if (!voter.promised(G).isAfter(accept.held.ballot)) {
            voter.follow(G, accept.held.ballot);
            promised();
            take(accept.held);
          }
        }
        default -> throw new AssertionError(input);
      }
    }

    private void campaign() {
      long round = voter.promised(G).round() + 1;
      Ballot ballot = new Ballot(round, new ServerId(id + 1), incarnation);
      if (round <= ROUNDS_MAX && voter.vote(G, ballot, NOW) instanceof Vote.Granted) {
        durablePromise = ballot;
        campaign = ballot;
        promises.clear();
        promises.put(id, held);
        for (int to = 0; to < SIZE; to++) {
          if (to != id) {
            send(new Prepare(to, ballot));
          }
        }
      }
    }

    /** The own voter may have moved: a candidate of a lower ballot stops (protocol G5). */
    private void promised() {
      durablePromise = voter.promised(G);
      if (broken != Broken.CANDIDATE_GOES_ON && !durablePromise.equals(campaign)) {
        campaign = Ballot.ZERO;
        promises.clear();
      }
    }

    /** Takes over the best entry of the majority, or proposes its own, stamped with its ballot. */
    private void win() {
      Held best = new Held(Ballot.ZERO, "");
      for (Held promised : new ArrayList<>(promises.values())) {
        if (promised.ballot.isAfter(best.ballot)) {
          best = promised;
        }
      }
      boolean own = best.entry.isEmpty() || broken == Broken.NOTHING_ADOPTED;
      Held stamped = new Held(campaign, own ? "of " + campaign : best.entry);
      take(stamped);
      for (int to = 0; to < SIZE; to++) {
        if (to != id) {
          send(new Accept(to, stamped));
        }
      }
      campaign = Ballot.ZERO;
      promises.clear();
    }

    private void take(Held taken) {
      held = taken;
      everTaken.add(taken);
    }

    @Override
    public String dump() {
      return new StateDump()
          .add(incarnation)
          .add(voter)
          .add(durablePromise)
          .add(held)
          .add(campaign)
          .add(promises)
          .add(everTaken)
          .toString();
    }

    @Override
    public Object fact() {
      return new Fact(voter.promised(G), Set.copyOf(everTaken));
    }
  }
}
