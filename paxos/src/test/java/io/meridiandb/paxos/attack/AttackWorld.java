package io.meridiandb.paxos.attack;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosConfig;
import io.meridiandb.paxos.core.PaxosInput;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A few {@link AttackServer}s in virtual time, with all that a seed can think of: messages lost,
 * late, doubled and overtaken, links cut one way or both, crashes that lose what was not forced,
 * clocks anywhere within their bound, hand-overs, reads. After every event it is checked from
 * outside, against true time and the disks, that nothing is broken.
 */
final class AttackWorld implements AttackServer.World {
  private record Event(long at, long order, Runnable action) {}

  private static final long MILLI = 1_000_000;

  private final Random random;
  private final long epsilon;
  private final int crashPercent;
  private final long downMax;
  private final int lateOneIn;

  /** In half of the worlds servers are so hasty that candidacies often cross. */
  private final boolean hasty;

  private final int handOverPercent;
  private final ReplicaSet members;
  private final List<AttackServer> servers = new ArrayList<>();
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
  private final AttackOracle oracle;
  private final TreeSet<String> cut = new TreeSet<>();
  private final TreeMap<ServerId, Long> lastStart = new TreeMap<>();
  private long starts;
  private long time = 1_000_000_000_000L;
  private long order;
  private int payloads;
  private boolean faults = true;
  private boolean quiet;
  int crashes;
  int images;

  AttackWorld(long seed, BrokenRule broken) {
    random = new Random(seed);
    epsilon = List.of(0L, 20 * MILLI, 100 * MILLI).get(random.nextInt(3));
    crashPercent = random.nextInt(8);
    downMax = random.nextBoolean() ? 300 * MILLI : 3000 * MILLI;
    lateOneIn = random.nextBoolean() ? 60 : 8;
    handOverPercent = random.nextInt(6);
    hasty = random.nextBoolean();
    members = members((int) Math.floorMod(seed, 3));
    for (ServerId id : members.all()) {
      AttackServer server = new AttackServer(this, id, members, broken);
      servers.add(server);
      start(server);
    }
    oracle = new AttackOracle(servers);
    at(50 * MILLI, this::somethingHappens);
  }

  private static ReplicaSet members(int kind) {
    List<ServerId> ids = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      ids.add(new ServerId(i));
    }
    return switch (kind) {
      case 0 -> ReplicaSet.ofFull(ids);
      case 1 -> ReplicaSet.ofFull(ids.subList(0, 3));
      default -> ReplicaSet.of(ids.subList(0, 2), ids.subList(2, 3), ids.subList(3, 4));
    };
  }

  /** Faults for a while, then none, and everything must come to rest. */
  void run(Duration withFaults, Duration without) {
    runUntil(time + withFaults.toNanos());
    faults = false;
    cut.clear();
    servers.stream().filter(server -> !server.up).forEach(this::start);
    runUntil(time + without.toNanos());
    quiet = true;
    runUntil(time + 1_000 * MILLI);
    long leaders = servers.stream().filter(AttackServer::leadsNow).count();
    if (leaders != 1) {
      throw new AttackOracle.Seen(leaders + " leaders long after the last fault");
    }
    for (AttackServer server : servers) {
      if (server.applied < oracle.lastChosen()) {
        throw new AttackOracle.Seen(server.id + " did not catch up");
      }
    }
  }

  int chosenCount() {
    return (int) oracle.lastChosen();
  }

  private void runUntil(long end) {
    while (!queue.isEmpty() && queue.peek().at <= end) {
      Event event = queue.poll();
      time = event.at;
      event.action.run();
      oracle.check(time);
    }
    time = end;
  }

  private void at(long delay, Runnable action) {
    queue.add(new Event(time + delay, order++, action));
  }

  private void start(AttackServer server) {
    if (!server.up) {
      lastStart.put(server.id, ++starts);
      server.start();
      tick(server, starts, 0);
    }
  }

  private void tick(AttackServer server, long start, int count) {
    at(
        15 * MILLI,
        () -> {
          if (alive(server, start)) {
            if (count % 10 == 0 && server.core.wantsLease()) {
              server.requestLeases();
            }
            server.tick();
            if (server.core.needsImage()) {
              imageNeeded(server.id);
            }
            tick(server, start, count + 1);
          }
        });
  }

  private boolean alive(AttackServer server, long start) {
    return server.up && lastStart.get(server.id) == start;
  }

  private void somethingHappens() {
    AttackServer one = servers.get(random.nextInt(servers.size()));
    int dice = random.nextInt(100);
    if (one.up) {
      if (dice < crashPercent && faults) {
        one.crash(random.nextInt(3));
        crashes++;
        at(random.nextLong(10 * MILLI, downMax), () -> start(one));
      } else if (dice < crashPercent + handOverPercent && !quiet) {
        AttackServer other = servers.get(random.nextInt(servers.size()));
        one.run(new PaxosInput.HandOver(one.now(), other == one ? null : other.id));
      } else if (dice < 15 && faults) {
        cutLink();
      } else if (dice < 70 && !quiet) {
        one.propose("p" + payloads++);
      } else if (dice < 88) {
        one.read();
      } else if (dice < 93) {
        one.checkpoint();
      }
    }
    at(random.nextLong(MILLI, 20 * MILLI), this::somethingHappens);
  }

  private void cutLink() {
    ServerId from = servers.get(random.nextInt(servers.size())).id;
    ServerId to = servers.get(random.nextInt(servers.size())).id;
    cut.add(from + ">" + to);
    if (random.nextBoolean()) {
      cut.add(to + ">" + from);
    }
    at(
        random.nextLong(100 * MILLI, 2500 * MILLI),
        () -> {
          cut.remove(from + ">" + to);
          cut.remove(to + ">" + from);
        });
  }

  @Override
  public TTInterval now(AttackServer server) {
    long offset = epsilon == 0 ? 0 : random.nextLong(-epsilon, epsilon + 1);
    long reading = time + offset;
    return new TTInterval(new Timestamp(reading - epsilon), new Timestamp(reading + epsilon));
  }

  @Override
  public void send(ServerId from, ServerId to, Object message) {
    boolean lost = faults && random.nextInt(50) == 0;
    AttackServer target = server(to);
    if (cut.contains(from + ">" + to) || lost) {
      return;
    }
    int copies = faults && random.nextInt(40) == 0 ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long delay = random.nextLong(MILLI / 2, 20 * MILLI);
      if (faults && random.nextInt(lateOneIn) == 0) {
        delay += random.nextLong(2000 * MILLI);
      }
      at(
          delay,
          () -> {
            if (target.up) {
              target.deliver(from, message);
            }
          });
    }
  }

  @Override
  public void forceLater(AttackServer server) {
    long start = lastStart.getOrDefault(server.id, 0L);
    at(
        random.nextLong(MILLI / 10, 10 * MILLI),
        () -> {
          if (alive(server, start) && !server.unforced.isEmpty()) {
            server.force();
          }
        });
  }

  @Override
  public void chosen(AttackServer by, LogEntry entry) {
    oracle.chosen(by, entry);
  }

  @Override
  public void promised(Timestamp t, long afterIndex, List<LogEntry> held) {
    oracle.promised(t, afterIndex, held);
  }

  @Override
  public void imageNeeded(ServerId needy) {
    AttackServer to = server(needy);
    AttackServer from = servers.get(random.nextInt(servers.size()));
    if (to.up && from.up && from != to) {
      LogEntry entry = from.imageFor(to);
      if (entry != null) {
        long start = lastStart.get(to.id);
        at(
            random.nextLong(MILLI, 200 * MILLI),
            () -> {
              if (alive(to, start) && entry.index() > to.applied) {
                to.takeImage(entry, from.core.membersAt(entry.index()));
                images++;
              }
            });
      }
    }
  }

  private AttackServer server(ServerId id) {
    return servers.stream().filter(server -> server.id.equals(id)).findFirst().orElseThrow();
  }

  @Override
  public PaxosConfig config() {
    return hasty
        ? new PaxosConfig(AttackServer.CONFIG.lease(), Duration.ofMillis(40), Duration.ofMillis(30))
        : AttackServer.CONFIG;
  }

  @Override
  public void tell(String what) {}

  @Override
  public RandomSource random() {
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
}
