package io.meridiandb.paxos.core;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.LeaseReply;
import io.meridiandb.paxos.lease.LeaseRequest;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Cores and leases of a few servers under one queue of events in virtual time: messages lost, late,
 * doubled and reordered, links cut, crashes that lose what was not forced, clocks anywhere within
 * ε. After every event the invariants of reliability C 1-3, 5, 8 are checked against true time.
 */
final class PaxosSimulation {
  private record Event(long at, long order, Runnable action) {}

  static final long MILLI = 1_000_000;

  /** What most runs have. */
  static final LeaseConfig USUAL = new LeaseConfig(Duration.ofSeconds(1), Duration.ofMillis(150));

  final PaxosConfig config;
  final List<GroupId> groups = List.of(new GroupId(1), new GroupId(2));
  final ReplicaSet initial;
  final List<ServerId> ids = new ArrayList<>();
  final SimulatedChanges changing;
  final Doubles doubles;
  final FaultTable table = new FaultTable();
  private final TreeSet<String> unheard = new TreeSet<>();
  private final TreeSet<String> silent = new TreeSet<>();
  final long epsilon;
  final List<SimulatedServer> servers = new ArrayList<>();
  private final Random random;
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
  final PaxosOracle oracle;
  private final boolean[][] cut;
  private final long[][] distance;
  private final boolean[][] cutForEver;
  private final TreeSet<ServerId> deadForEver = new TreeSet<>();
  private long order;
  private boolean faults = true;
  private boolean quiet;

  /** Pauses and slow disks too. */
  private boolean more;

  private boolean changesMembers = true;

  /** Whether leaders are told to hand over. */
  private boolean operated = true;

  private int payloads;
  long events;

  long time = 1_000_000_000_000L;
  int elections;
  int reigns;
  int handOvers;
  int installs;
  int proposed;
  int crashes;
  int changes;
  int removalsTold;
  int changesRefused;
  int replaced;
  int witnesses;

  /** So many bytes of chosen entries each replica keeps in memory. */
  long memory = PaxosConfig.MEMORY_BYTES_MAX;

  /** {@code size} full replicas that stay. */
  PaxosSimulation(long seed, int size, Doubles doubles) {
    this(seed, size, servers -> ReplicaSet.ofFull(servers), doubles);
  }

  /** With members that change, unless all of the servers are full ones at the begin. */
  PaxosSimulation(
      long seed, int size, Function<List<ServerId>, ReplicaSet> begin, Doubles doubles) {
    this(seed, size, begin, doubles, USUAL);
  }

  /** With leases of another length. */
  PaxosSimulation(
      long seed,
      int size,
      Function<List<ServerId>, ReplicaSet> begin,
      Doubles doubles,
      LeaseConfig lease) {
    this.config = PaxosConfig.of(lease);
    this.random = new Random(seed);
    this.doubles = doubles;
    this.epsilon = random.nextInt(3) * 20 * MILLI;
    for (int i = 1; i <= size; i++) {
      ids.add(new ServerId(i));
    }
    initial = begin.apply(ids);
    changing = new SimulatedChanges(this, random);
    cut = new boolean[size + 1][size + 1];
    distance = new long[size + 1][size + 1];
    cutForEver = new boolean[size + 1][size + 1];
    oracle = new PaxosOracle(this);
    for (ServerId id : ids) {
      SimulatedServer server = new SimulatedServer(this, id);
      servers.add(server);
      server.start();
      ticker(server, server.incarnation, 0);
    }
    at(50 * MILLI, this::somethingHappens);
  }

  /** Runs with faults, then without, and checks that everything comes to rest. */
  void run(Duration withFaults, Duration without) {
    runUntil(time + withFaults.toNanos());
    faults = false;
    for (boolean[] row : cut) {
      Arrays.fill(row, false);
    }
    for (SimulatedServer server : servers) {
      if (!server.up) {
        restart(server);
      }
    }
    runUntil(time + without.toNanos());
    quiet = true;
    operated = false;
    runUntil(time + 1_000 * MILLI);
    for (GroupId group : groups) {
      long leaders = servers.stream().filter(s -> s.leadsNow(group)).count();
      if (leaders != 1) {
        throw new AssertionError(
            group + " has " + leaders + " leaders long after the last fault:" + this);
      }
      long most = lastChosen(group);
      changing.checkSettled(group);
      for (SimulatedServer server : servers) {
        boolean member = changing.members(group).all().contains(server.id);
        if (member && server.members.get(group).applied < most) {
          throw new AssertionError(server.id + " of " + group + " did not catch up:" + this);
        }
      }
    }
  }

  /** Nobody changes the members, of whatever kinds they are. */
  void membersStay() {
    changesMembers = false;
  }

  /** Chosen entries stay in memory for a moment only. */
  void withLittleMemory() {
    memory = 200;
  }

  /** Servers are paused, and disks are slow, besides all other faults. */
  void withPauses() {
    more = true;
  }

  /** Faults and changes for a while. */
  void suffer(Duration time) {
    runUntil(this.time + time.toNanos());
  }

  /** No faults any more but those that {@link #cutForEver} and {@link #killForEver} name. */
  void settle() {
    faults = false;
    operated = false;
    for (boolean[] row : cut) {
      Arrays.fill(row, false);
    }
    for (SimulatedServer server : servers) {
      if (!deadForEver.contains(server.id)) {
        restart(server);
      }
    }
  }

  /** From now on messages between the two take longer by so much, each way. */
  void apart(ServerId a, ServerId b, Duration oneWay) {
    distance[(int) a.value()][(int) b.value()] = oneWay.toNanos();
    distance[(int) b.value()][(int) a.value()] = oneWay.toNanos();
  }

  /** What {@code from} says never arrives at {@code to} again. */
  void cutForEver(ServerId from, ServerId to) {
    cutForEver[(int) from.value()][(int) to.value()] = true;
  }

  /** The server stops, and never starts again. */
  void killForEver(ServerId id) {
    deadForEver.add(id);
    SimulatedServer server = servers.get((int) id.value() - 1);
    if (server.up) {
      server.crash(0);
    }
  }

  private void runUntil(long end) {
    while (!queue.isEmpty() && queue.peek().at <= end) {
      Event event = queue.poll();
      time = event.at;
      event.action.run();
      events++;
      oracle.checkLeases();
    }
    time = end;
  }

  void at(long delay, Runnable action) {
    queue.add(new Event(time + delay, order++, action));
  }

  private void ticker(SimulatedServer server, long incarnation, int count) {
    at(
        15 * MILLI,
        () -> {
          if (server.pausedUntil > time) {
            at(server.pausedUntil - time, () -> ticker(server, incarnation, count));
          } else if (server.up && server.incarnation == incarnation) {
            server.tick(count % 10 == 0);
            ticker(server, incarnation, count + 1);
          }
        });
  }

  private void somethingHappens() {
    SimulatedServer one = servers.get(random.nextInt(servers.size()));
    GroupId group = groups.get(random.nextInt(groups.size()));
    int dice = random.nextInt(100);
    if (one.up) {
      one.clockOffset = epsilon == 0 ? 0 : random.nextLong(-epsilon, epsilon + 1);
      if (more && faults && random.nextInt(60) == 0) {
        pauseOrStall(one);
      }
      if (dice < 2 && faults) {
        count("crash", one.leads() || !one.unforced.isEmpty());
        one.crash(random.nextInt(3));
        crashes++;
        at(random.nextLong(10 * MILLI, 3000 * MILLI), () -> restart(one));
      } else if (dice < 5 && operated) {
        count("hand-over", one.leadsNow(group));
        one.run(group, new PaxosInput.HandOver(one.now(), other(one)));
      } else if (dice < 10 && faults) {
        cutLink();
      } else if (dice < 75 && !quiet) {
        one.propose(group, "p" + payloads++);
      } else if (dice < 90) {
        one.close(group);
      } else if (dice < 93) {
        one.checkpoint(group);
      } else if (faults && changesMembers && initial.full().size() < ids.size()) {
        changing.somethingChanges(one, group);
      }
    }
    at(random.nextLong(MILLI, 20 * MILLI), this::somethingHappens);
  }

  private ServerId other(SimulatedServer one) {
    ServerId target = servers.get(random.nextInt(servers.size())).id;
    return target.equals(one.id) ? null : target;
  }

  private void count(String kind, boolean mattered) {
    table.fired(kind);
    if (mattered) {
      table.mattered(kind);
    }
  }

  private void pauseOrStall(SimulatedServer one) {
    long end = time + random.nextLong(100 * MILLI, 3_000 * MILLI);
    if (random.nextBoolean()) {
      count("pause", one.leads());
      one.pausedUntil = end;
    } else {
      count("slow disk", !one.unforced.isEmpty());
      one.stalledUntil = end;
    }
  }

  private void cutLink() {
    table.fired("cut");
    int from = 1 + random.nextInt(servers.size());
    int to = 1 + random.nextInt(servers.size());
    cut[from][to] = true;
    silent.add(from + ">" + to);
    if (random.nextBoolean()) {
      cut[to][from] = true;
    }
    at(
        random.nextLong(100 * MILLI, 2500 * MILLI),
        () -> {
          cut[from][to] = false;
          cut[to][from] = false;
        });
  }

  void restart(SimulatedServer server) {
    if (!server.up && !deadForEver.contains(server.id)) {
      server.start();
      ticker(server, server.incarnation, 0);
    }
  }

  /** The disk gives entries back, now and then much later; half of the time as it stands then. */
  void readLater(SimulatedServer server, GroupId group, Signal.ReadEntries part) {
    long incarnation = server.incarnation;
    SimulatedServer.Member member = server.members.get(group);
    List<LogEntry> now = server.read(group, part);
    boolean late = random.nextBoolean();
    table.fired("read back");
    at(
        faults && random.nextInt(10) == 0
            ? random.nextLong(2_000 * MILLI)
            : random.nextLong(5 * MILLI),
        () -> {
          boolean same = server.up && server.incarnation == incarnation;
          if (same && server.members.get(group) == member) {
            List<LogEntry> found = late ? server.read(group, part) : now;
            if (!found.isEmpty()) {
              table.mattered("read back");
            }
            server.run(group, new PaxosInput.EntriesRead(server.now(), part.from(), found));
          }
        });
  }

  void forceLater(SimulatedServer server) {
    long incarnation = server.incarnation;
    at(
        random.nextLong(MILLI / 10, 10 * MILLI),
        () -> {
          if (server.up && server.incarnation == incarnation) {
            long until = Math.max(server.stalledUntil, server.pausedUntil);
            if (until > time) {
              at(until - time, () -> forceAfterStall(server, incarnation));
            } else {
              server.forceOne();
            }
          }
        });
  }

  private void forceAfterStall(SimulatedServer server, long incarnation) {
    if (server.up && server.incarnation == incarnation) {
      forceLater(server);
    }
  }

  private void transmit(SimulatedServer from, ServerId to, Runnable delivery) {
    SimulatedServer target = servers.get((int) to.value() - 1);
    int source = (int) from.id.value();
    int sink = (int) to.value();
    String link = source + ">" + sink;
    if (cut[source][sink] || cutForEver[source][sink]) {
      if (silent.remove(link)) {
        table.mattered("cut"); // something was to be said
      }
      return;
    }
    if (faults && random.nextInt(50) == 0) {
      table.fired("loss");
      unheard.add(link);
      return;
    }
    if (unheard.remove(link)) {
      table.mattered("loss"); // what was lost could be said again
    }
    int copies = faults && random.nextInt(40) == 0 ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long delay = distance[source][sink] + random.nextLong(MILLI / 2, 20 * MILLI);
      String kind = i == 1 ? "double" : "";
      if (faults && random.nextInt(60) == 0) {
        delay += random.nextLong(2000 * MILLI);
        kind = "late";
      }
      String fault = kind;
      at(delay, () -> arrive(target, fault, delivery));
    }
  }

  private void arrive(SimulatedServer target, String fault, Runnable delivery) {
    if (target.pausedUntil > time) {
      at(target.pausedUntil - time, () -> arrive(target, fault, delivery));
    } else if (target.up) {
      String before = fault.isEmpty() ? "" : target.toString();
      delivery.run();
      if (!fault.isEmpty()) {
        count(fault, before.equals(target.toString())); // it was seen to say nothing new
      }
    }
  }

  void send(SimulatedServer from, GroupId group, Outgoing out) {
    SimulatedServer to = servers.get((int) out.to().value() - 1);
    transmit(
        from,
        out.to(),
        () -> {
          to.run(group, new PaxosInput.Deliver(to.now(), from.id, out.message()));
          if (out.message() instanceof PaxosMessage.Accept accept) {
            to.onAccept(group, accept);
          }
        });
  }

  void sendLease(SimulatedServer from, ServerId to, LeaseRequest request) {
    SimulatedServer voter = servers.get((int) to.value() - 1);
    transmit(
        from,
        to,
        () -> {
          LeaseReply reply = voter.voter.onRequest(request, voter.now());
          if (reply != null) {
            transmit(voter, from.id, () -> from.onLeaseReply(to, reply));
          }
        });
  }

  boolean chance(int of) {
    return random.nextInt(of) == 0;
  }

  RandomSource random() {
    return new RandomSource() {
      @Override
      public long nextLong() {
        return random.nextLong();
      }

      @Override
      public int nextInt(int bound) {
        return random.nextInt(bound);
      }

      @Override
      public RandomSource fork(String name) {
        return this;
      }
    };
  }

  long lastChosen(GroupId group) {
    return oracle.lastChosen(group);
  }

  int chosenCount() {
    return oracle.chosenCount();
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(" at ").append(time).append('\n');
    for (SimulatedServer server : servers) {
      server.members.forEach((group, member) ->
          out.append(server.id)
              .append(' ')
              .append(group)
              .append(' ')
              .append(member.core)
              .append(member.core.needsImage() ? " needs an image" : "")
              .append(" members ")
              .append(member.core.members())
              .append(" floor ")
              .append(member.core.voteFloor())
              .append(" applied ")
              .append(member.applied)
              .append(" lease ")
              .append(server.holder.leaseEnd(group))
              .append('\n'));
      if (server.up) {
        out.append(server.voter).append('\n');
      }
    }
    return out.toString();
  }
}
