package io.meridiandb.paxos.lease;

import static io.meridiandb.paxos.lease.LeaseSearchModel.BOUND_MAX;
import static io.meridiandb.paxos.lease.LeaseSearchModel.CONFIG;
import static io.meridiandb.paxos.lease.LeaseSearchModel.GROUPS;
import static io.meridiandb.paxos.lease.LeaseSearchModel.INCARNATIONS_MAX;
import static io.meridiandb.paxos.lease.LeaseSearchModel.SIZE;
import static io.meridiandb.paxos.lease.LeaseSearchModel.START;
import static io.meridiandb.paxos.lease.LeaseSearchModel.UNIT;
import static io.meridiandb.paxos.lease.LeaseSearchModel.isPast;
import static io.meridiandb.paxos.lease.LeaseSearchModel.moved;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.attack.SearchActor;
import io.meridiandb.paxos.attack.SearchModel.AtOnce;
import io.meridiandb.paxos.attack.SearchModel.Exchange;
import io.meridiandb.paxos.attack.StateDump;
import io.meridiandb.paxos.lease.LeaseSearchModel.Answer;
import io.meridiandb.paxos.lease.LeaseSearchModel.Ask;
import io.meridiandb.paxos.lease.LeaseSearchModel.AskForLease;
import io.meridiandb.paxos.lease.LeaseSearchModel.Campaign;
import io.meridiandb.paxos.lease.LeaseSearchModel.CrashAndRestart;
import io.meridiandb.paxos.lease.LeaseSearchModel.HandOver;
import io.meridiandb.paxos.lease.LeaseSearchModel.Leap;
import io.meridiandb.paxos.lease.LeaseSearchModel.Parts;
import io.meridiandb.paxos.lease.LeaseSearchModel.Prepare;
import io.meridiandb.paxos.lease.LeaseSearchModel.Promise;
import io.meridiandb.paxos.lease.LeaseSearchModel.Release;
import io.meridiandb.paxos.lease.LeaseSearchModel.StorePromise;
import io.meridiandb.paxos.membership.Quorum;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One server of {@link LeaseSearchModel}. */
final class LeaseSearchServer extends SearchActor {

  private final Parts parts;
  private final int id;
  private final int skew;
  private final Quorum quorum;
  private long incarnation;

  /** True time, in units since the beginning. Messages carry moments as seen from it. */
  private int time;

  private VoterState voter;
  private LeaseHolder holder;
  private final Map<Integer, Ballot> durablePromise = new TreeMap<>();
  private final Map<Integer, Ballot> campaign = new TreeMap<>();
  private final Map<Integer, Integer> promises = new TreeMap<>();
  private final Map<Integer, Ballot> leading = new TreeMap<>();
  private final Map<Integer, Prepare> pending = new TreeMap<>();
  private final Set<Integer> released = new TreeSet<>();

  LeaseSearchServer(Parts parts, int id, int skew, Quorum quorum) {
    this.parts = parts;
    this.id = id;
    this.skew = skew;
    this.quorum = quorum;
    boot(Duration.ZERO);
  }

  private Lessee self() {
    return new Lessee(new ServerId(id + 1), incarnation);
  }

  private TTInterval now() {
    long reading = START + (time + skew) * UNIT;
    return new TTInterval(new Timestamp(reading - UNIT), new Timestamp(reading + UNIT));
  }

  private void boot(Duration durable) {
    incarnation++;
    voter = parts.voter(self(), durable, now());
    voter.boundDurable(CONFIG.length());
    holder = parts.holder(self());
    campaign.clear();
    pending.clear();
    promises.clear();
    leading.clear();
    durablePromise.forEach((group, ballot) -> voter.restore(new GroupId(group), ballot));
  }

  @Override
  public void on(Input input) {
    switch (input) {
      case Campaign action -> campaign(action.group());
      case AskForLease action -> {
        if (!campaign.isEmpty()) {
          send(new Ask(action.voter(), id, ago(request(action.voter()))));
        }
      }
      case Exchange action -> {
        if (!campaign.isEmpty()) {
          askSelf();
          answerAtOnce(new Ask(action.with(), id, ago(request(action.with()))));
        }
      }
      case HandOver action -> handOver(action);
      case CrashAndRestart action -> {
        if (incarnation < INCARNATIONS_MAX) {
          boot(CONFIG.length());
        }
      }
      case StorePromise action -> {
        Prepare checked = pending.remove(action.group());
        if (checked != null) {
          prepare(checked);
        }
      }
      case Leap leap -> time += leap.units();
      case Ask ask -> {
        LeaseReply reply = voter.onRequest(fromNow(ask.request()), now());
        if (reply != null) {
          send(new Answer(ask.from(), id, moved(reply, -START - time * UNIT)));
        }
      }
      case AtOnce question -> {
        Ask ask = (Ask) question.message();
        LeaseReply reply = voter.onRequest(fromNow(ask.request()), now());
        if (reply != null) {
          answerAtOnce(new Answer(ask.from(), id, moved(reply, -START - time * UNIT)));
        }
      }
      case Answer answer ->
          holder.onReply(
              new ServerId(answer.from() + 1), moved(answer.reply(), START + time * UNIT));
      case Prepare prepare -> {
        if (parts.votesAtOnce()) {
          prepare(prepare);
        } else if (voter.wouldPromise(
            new GroupId(prepare.group()), Lessee.of(prepare.ballot()), now())) {
          pending.put(prepare.group(), prepare);
        }
      }
      case Promise promise -> promise(promise);
      case Release release -> release(release);
      default -> throw new AssertionError(input);
    }
  }

  private LeaseRequest ago(LeaseRequest request) {
    return moved(request, -START - time * UNIT);
  }

  private LeaseRequest fromNow(LeaseRequest request) {
    return moved(request, START + time * UNIT);
  }

  private LeaseRequest request(int voterId) {
    return holder.request(new ServerId(voterId + 1), now());
  }

  private void askSelf() {
    LeaseReply reply = voter.onRequest(request(id), now());
    if (reply != null) {
      holder.onReply(self().server(), reply);
    }
  }

  private void campaign(int group) {
    GroupId g = new GroupId(group);
    Ballot ballot = new Ballot(voter.promised(g).round() + 1, self().server(), incarnation);
    if (!voter.wouldPromise(g, self(), now())) {
      return;
    }
    if (voter.vote(g, ballot, now()) instanceof Vote.Granted granted) {
      durablePromise.put(group, ballot);
      campaign.put(group, ballot);
      promises.put(group, 1 << id);
      leading.remove(group);
      holder.lead(g, ballot, quorum);
      holder.confirm(g, ballot, self().server(), granted.counter());
      for (int to = 0; to < SIZE; to++) {
        if (to != id) {
          send(new Prepare(to, group, ballot));
        }
      }
    }
  }

  private void handOver(HandOver action) {
    int group = action.group();
    Ballot ballot = leading.remove(group);
    if (ballot != null) {
      campaign.remove(group);
      promises.remove(group);
      holder.unlead(new GroupId(group));
      released.add(group);
      for (int to = 0; to < SIZE; to++) {
        Release release = new Release(to, group, ballot, action.target());
        if (to == id) {
          release(release);
        } else {
          send(release);
        }
      }
    }
  }

  private void release(Release release) {
    voter.release(
        new GroupId(release.group()),
        release.ballot(),
        new ServerId(release.target() + 1),
        Timestamp.MIN);
  }

  private void prepare(Prepare prepare) {
    int group = prepare.group();
    Ballot ballot = prepare.ballot();
    GroupId g = new GroupId(group);
    if (voter.vote(g, ballot, now()) instanceof Vote.Granted granted) {
      durablePromise.put(group, ballot);
      if (!ballot.equals(campaign.get(group))) {
        // A candidate or leader stops when its own voter has moved on (protocol G5).
        campaign.remove(group);
        promises.remove(group);
        leading.remove(group);
        holder.unlead(g);
      }
      int candidate = (int) ballot.server().value() - 1;
      send(new Promise(candidate, id, group, ballot, granted.counter()));
    }
  }

  private void promise(Promise promise) {
    int group = promise.group();
    if (promise.ballot().equals(campaign.get(group))) {
      holder.confirm(
          new GroupId(group),
          promise.ballot(),
          new ServerId(promise.from() + 1),
          promise.counter());
      int have = promises.merge(group, 1 << promise.from(), (a, b) -> a | b);
      if (2 * Integer.bitCount(have) > SIZE) {
        leading.put(group, promise.ballot());
      }
    }
  }

  @Override
  public String dump() {
    long now = START + time * UNIT;
    StateDump out =
        new StateDump(t ->
            t.equals(Timestamp.MIN) || isPast(t.nanos() - now)
                ? StateDump.PAST
                : Long.toString((t.nanos() - now) / UNIT));
    out.add(incarnation).add(voter).add(holder).add(released);
    out.add(durablePromise).add(campaign).add(promises).add(leading).add(pending);
    return out.toString();
  }

  @Override
  public Object fact() {
    LeaseSearchFact fact = new LeaseSearchFact(self());
    for (int group = 0; group < GROUPS; group++) {
      GroupId g = new GroupId(group + 1);
      fact.leads[group] = leading.containsKey(group + 1);
      fact.campaigns[group] = campaign.containsKey(group + 1);
      fact.leaseLeft[group] = fact.leads[group] ? units(holder.leaseEnd(g)) : 0;
      fact.promised[group] = voter.promised(g);
      fact.released[group] = released.contains(group + 1);
      for (int candidate = 0; candidate < SIZE; candidate++) {
        fact.freeIn[group][candidate] = freeIn(g, candidate);
      }
    }
    for (ServerId other : quorum.voters()) {
      Timestamp until = holder.from(other);
      if (until != null && !other.equals(self().server())) {
        fact.leaseFromOthers |= units(until) > 0;
      }
    }
    return fact;
  }

  /** In how many units the voter would promise the group to the candidate. */
  private int freeIn(GroupId group, int candidate) {
    if (pending.containsKey((int) group.value())) {
      return 0; // it has looked already
    }
    for (int units = 0; units <= BOUND_MAX; units++) {
      TTInterval then =
          new TTInterval(
              now().earliest().plusNanos(units * UNIT), now().latest().plusNanos(units * UNIT));
      for (long start = 1; start <= INCARNATIONS_MAX; start++) {
        Lessee lessee =
            new Lessee(new ServerId(candidate + 1), candidate == id ? incarnation : start);
        if (voter.wouldPromise(group, lessee, then)) {
          return units;
        }
      }
    }
    return BOUND_MAX + 1;
  }

  /** How many units are left of it; 0 if it is over. */
  private int units(Timestamp end) {
    long left = end.equals(Timestamp.MIN) ? 0 : end.nanos() - START - time * UNIT;
    return (int) Math.max(0, Math.ceilDiv(left, UNIT));
  }
}
