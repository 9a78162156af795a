package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.membership.Quorum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Three servers, two groups, and nothing but the lease rule: the real {@link VoterState} and {@link
 * LeaseHolder}, with elections cut down to promises. Every delivery, loss, repetition, crash and
 * step of the clock is a choice of whoever drives the model. Times are in units of 100 ms; a lease
 * is 10 of them.
 */
final class LeaseModel {
  static final int SIZE = 3;
  static final long UNIT = 100_000_000L;
  static final LeaseConfig CONFIG =
      new LeaseConfig(Duration.ofNanos(10 * UNIT), Duration.ofNanos(2 * UNIT));
  static final long START = 1_000 * UNIT;

  /** Which parts the servers are made of. */
  interface Parts {
    default VoterState voter(Lessee self, Duration bound, TTInterval now) {
      return new VoterState(self, CONFIG, bound, now);
    }

    default LeaseHolder holder(Lessee self) {
      return new LeaseHolder(self, CONFIG);
    }
  }

  sealed interface Message {
    int to();
  }

  record Ask(int to, int from, LeaseRequest request) implements Message {}

  record Answer(int to, int from, LeaseReply reply) implements Message {}

  record Prepare(int to, int group, Ballot ballot) implements Message {}

  record Promise(int to, int from, int group, Ballot ballot, LeaseCounter counter)
      implements Message {}

  record Release(int to, int group, Ballot ballot, int target) implements Message {}

  final class Node {
    final int id;
    long incarnation;
    Duration bound = CONFIG.length();
    VoterState voter;
    LeaseHolder holder;
    final Map<Integer, Ballot> durablePromise = new TreeMap<>();
    final Map<Integer, Ballot> campaign = new TreeMap<>();
    final Map<Integer, List<Integer>> promised = new TreeMap<>();
    final Map<Integer, Ballot> leading = new TreeMap<>();

    Node(int id) {
      this.id = id;
    }

    Lessee self() {
      return new Lessee(new ServerId(id + 1), incarnation);
    }

    void boot(Duration durable) {
      incarnation++;
      voter = parts.voter(self(), durable, now(this));
      voter.boundDurable(bound);
      holder = parts.holder(self());
      campaign.clear();
      promised.clear();
      leading.clear();
      durablePromise.forEach((group, ballot) -> voter.restore(new GroupId(group), ballot));
    }
  }

  private final Parts parts;
  private final long[] skew;
  final List<Node> nodes = new ArrayList<>();
  final List<Message> bag = new ArrayList<>();
  private final Quorum quorum;
  long time = START;

  LeaseModel(Parts parts, long[] skewUnits) {
    this.parts = parts;
    this.skew = skewUnits;
    List<ServerId> ids = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      ids.add(new ServerId(i + 1));
    }
    quorum = Quorum.majorityOf(ids);
    for (int i = 0; i < SIZE; i++) {
      Node node = new Node(i);
      nodes.add(node);
      node.boot(Duration.ZERO);
    }
  }

  /** A clock that is off by its skew, with a bound of one unit. */
  TTInterval now(Node node) {
    long reading = time + skew[node.id] * UNIT;
    return new TTInterval(new Timestamp(reading - UNIT), new Timestamp(reading + UNIT));
  }

  void campaign(int id, int group) {
    Node node = nodes.get(id);
    GroupId g = new GroupId(group);
    Ballot ballot =
        new Ballot(node.voter.promised(g).round() + 1, node.self().server(), node.incarnation);
    if (node.voter.vote(g, ballot, now(node)) instanceof Vote.Granted granted) {
      node.durablePromise.put(group, ballot);
      node.campaign.put(group, ballot);
      node.promised.put(group, new ArrayList<>(List.of(id)));
      node.leading.remove(group);
      node.holder.lead(g, ballot, quorum);
      node.holder.confirm(g, ballot, node.self().server(), granted.counter());
      for (int to = 0; to < SIZE; to++) {
        if (to != id) {
          bag.add(new Prepare(to, group, ballot));
        }
      }
    }
  }

  /** A whole exchange, twice, so that the second request can echo; nothing else comes between. */
  void lease(int id, int to) {
    Node node = nodes.get(id);
    Node voter = nodes.get(to);
    for (int round = 0; round < 2; round++) {
      LeaseRequest request = node.holder.request(voter.self().server(), now(node));
      LeaseReply reply = voter.voter.onRequest(request, now(voter));
      if (reply != null) {
        node.holder.onReply(voter.self().server(), reply);
      }
    }
  }

  /** A request alone; its answer may come at any time. */
  void ask(int id, int to) {
    Node node = nodes.get(id);
    bag.add(new Ask(to, id, node.holder.request(new ServerId(to + 1), now(node))));
  }

  void release(int id, int group, int target) {
    Node node = nodes.get(id);
    Ballot ballot = node.leading.remove(group);
    if (ballot != null) {
      node.holder.unlead(new GroupId(group));
      for (int to = 0; to < SIZE; to++) {
        if (to == id) {
          deliver(new Release(to, group, ballot, target));
        } else {
          bag.add(new Release(to, group, ballot, target));
        }
      }
    }
  }

  void crash(int id) {
    nodes.get(id).boot(CONFIG.length());
  }

  void deliver(Message message) {
    Node node = nodes.get(message.to());
    switch (message) {
      case Ask ask -> {
        LeaseReply reply = node.voter.onRequest(ask.request(), now(node));
        if (reply != null) {
          bag.add(new Answer(ask.from(), node.id, reply));
        }
      }
      case Answer answer -> node.holder.onReply(new ServerId(answer.from() + 1), answer.reply());
      case Prepare prepare -> {
        GroupId g = new GroupId(prepare.group());
        if (node.voter.vote(g, prepare.ballot(), now(node)) instanceof Vote.Granted granted) {
          node.durablePromise.put(prepare.group(), prepare.ballot());
          stopBelow(node, prepare.group(), prepare.ballot());
          bag.add(
              new Promise(
                  (int) prepare.ballot().server().value() - 1,
                  node.id,
                  prepare.group(),
                  prepare.ballot(),
                  granted.counter()));
        }
      }
      case Promise promise -> {
        if (promise.ballot().equals(node.campaign.get(promise.group()))) {
          node.holder.confirm(
              new GroupId(promise.group()),
              promise.ballot(),
              new ServerId(promise.from() + 1),
              promise.counter());
          List<Integer> have = node.promised.get(promise.group());
          if (!have.contains(promise.from())) {
            have.add(promise.from());
          }
          if (2 * have.size() > SIZE) {
            node.leading.put(promise.group(), promise.ballot());
          }
        }
      }
      case Release release ->
          node.voter.release(
              new GroupId(release.group()),
              release.ballot(),
              new ServerId(release.target() + 1),
              Timestamp.MIN);
    }
  }

  /** A candidate or leader stops when its own voter has moved on (protocol G5). */
  private static void stopBelow(Node node, int group, Ballot ballot) {
    if (!ballot.equals(node.campaign.get(group))) {
      node.campaign.remove(group);
      if (node.leading.remove(group) != null) {
        node.holder.unlead(new GroupId(group));
      }
    }
  }

  /** Whether two servers lead one group with a lease at this true time. */
  boolean broken() {
    for (int group = 1; group <= 2; group++) {
      int leaders = 0;
      for (Node node : nodes) {
        if (node.leading.containsKey(group)
            && new Timestamp(time).isBefore(node.holder.leaseEnd(new GroupId(group)))) {
          leaders++;
        }
      }
      if (leaders > 1) {
        return true;
      }
    }
    return false;
  }

  /** Everything that the future depends on. */
  String state() {
    StringBuilder out = new StringBuilder(512).append(time / UNIT);
    for (Node node : nodes) {
      out.append('|')
          .append(node.incarnation)
          .append(node.voter)
          .append(node.holder)
          .append(node.campaign)
          .append(node.promised)
          .append(node.leading);
    }
    List<String> messages = new ArrayList<>(bag.stream().map(Message::toString).toList());
    messages.sort(null);
    return out.append(messages).toString();
  }
}
