package io.meridiandb.paxos.attack;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.Inheritance;
import io.meridiandb.paxos.core.PaxosInput;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Servers whose every message, force and tick a scenario decides about. The commands:
 *
 * <pre>
 * time MS                   true time passes
 * clock N MS BOUND          the clock of N is off by MS and says that it is within BOUND
 * elect N by M...           N campaigns, and everything between it and M... arrives at once
 * propose N TEXT            N appends a command, if it leads
 * read N                    N serves a read at the present, if it leads
 * lock N TEXT               N holds locks, which it ships when it hands over
 * floor N MS                a vote at N leans on its lease for so long: no later write below that
 * lease N from M...         N asks for leases, the answers come at once
 * ask N M                   N asks M for a lease; question and answer travel like all messages
 * close N to M              N closes the present for M, if it leads (CLOSE of an idle group)
 * hand N to M               N drains, then releases its lease to M
 * members N LIST [LIST]     N changes the members, such as 1,2,4, and the witnesses
 * tick N, force N           N looks at the time; its disk has what was handed to it
 * deliver A-&gt;B [WORD]        all messages on the way (that begin with WORD) arrive
 * copy A-&gt;B [WORD]           the same, and they stay on their way
 * delay A-&gt;B [WORD]          they are on their way as A~&gt;B, until they are delivered there
 * drop A-&gt;B [WORD]           they never arrive
 * crash N, start N          what was not forced is gone
 * checkpoint N, image N to M
 * show                      one line for each server
 * leader                    somebody must lead, or it is told
 * </pre>
 */
final class AttackStage implements AttackServer.World {
  private static final long MILLI = 1_000_000;

  private final List<AttackServer> servers = new ArrayList<>();
  private final Map<String, List<Object>> links = new TreeMap<>();
  private final Map<ServerId, long[]> clocks = new TreeMap<>();
  private final AttackOracle oracle;
  private final List<String> out = new ArrayList<>();
  private boolean quiet;
  private long millis = 1_000_000;

  AttackStage(ReplicaSet members, int size, BrokenRule broken) {
    for (int i = 1; i <= size; i++) {
      AttackServer server = new AttackServer(this, new ServerId(i), members, broken);
      servers.add(server);
      server.start();
    }
    oracle = new AttackOracle(servers);
  }

  /** Carries out one command and returns what it led to. */
  List<String> execute(String line) {
    out.clear();
    String[] word = line.split(" ");
    boolean named = word.length > 1 && !word[0].equals("time") && isNumber(word[1]);
    AttackServer one = named ? server(word[1]) : null;
    switch (word[0]) {
      case "time" -> millis += Long.parseLong(word[1]);
      case "clock" ->
          clocks.put(one.id, new long[] {Long.parseLong(word[2]), Long.parseLong(word[3])});
      case "elect" -> elect(one, others(word, 3));
      case "propose" -> out.addFirst(one.propose(word[2]) ? "appended" : "refused");
      case "read" -> out.addFirst(one.read() ? "served" : "refused");
      case "lock" -> one.locks = word[2];
      case "floor" -> floor(one, Long.parseLong(word[2]));
      case "lease" -> lease(one, others(word, 3));
      case "ask" ->
          send(one.id, server(word[2]).id, one.holder.request(server(word[2]).id, now(one)));
      case "close" -> close(one, server(word[3]));
      case "hand" -> one.run(new PaxosInput.HandOver(now(one), server(word[3]).id));
      case "members" -> one.run(new PaxosInput.ChangeMembers(now(one), members(word)));
      case "tick" -> one.tick();
      case "force" -> force(one);
      case "deliver", "copy" -> deliver(word);
      case "delay" ->
          links
              .computeIfAbsent(word[1].replace('-', '~'), l -> new ArrayList<>())
              .addAll(take(word));
      case "drop" -> take(word).forEach(message -> out.add("dropped " + Show.of(message)));
      case "crash" -> {
        one.crash(0);
        links.keySet().removeIf(link -> link.startsWith(word[1] + "-"));
      }
      case "start" -> one.start();
      case "checkpoint" -> one.checkpoint();
      case "image" -> image(one, server(word[3]));
      case "show" -> servers.forEach(s -> out.add(s.id.value() + ": " + (s.up ? s.core : "down")));
      case "leader" -> leader();
      default -> throw new IllegalArgumentException("no such command: " + line);
    }
    oracle.check(millis * MILLI);
    return List.copyOf(out);
  }

  private static boolean isNumber(String word) {
    return word.chars().allMatch(Character::isDigit);
  }

  private AttackServer server(String number) {
    return servers.get(Integer.parseInt(number) - 1);
  }

  private List<AttackServer> others(String[] word, int from) {
    return Arrays.stream(word).skip(from).map(this::server).toList();
  }

  private static ReplicaSet members(String[] word) {
    return ReplicaSet.of(ids(word[2]), word.length > 3 ? ids(word[3]) : List.of(), List.of());
  }

  private static List<ServerId> ids(String list) {
    return Arrays.stream(list.split(",")).map(n -> new ServerId(Long.parseLong(n))).toList();
  }

  private void elect(AttackServer one, List<AttackServer> voters) {
    quiet = true;
    one.tick();
    for (int wait = 0; wait < 3 && one.core.toString().startsWith("follower"); wait++) {
      millis += 200;
      one.tick();
    }
    for (int round = 0; round < 12 && !(one.announced && one.core.serving()); round++) {
      force(one);
      for (AttackServer voter : voters) {
        pass(one, voter);
        force(voter);
        pass(voter, one);
      }
      if (round > 2 && one.core.wantsLease()) {
        lease(one, voters);
      }
    }
    quiet = false;
    out.clear();
    out.add(
        one.announced
            ? one.id.value() + " leads with ballot " + one.core.promised()
            : one.id.value() + " does not lead: " + one.core);
  }

  private void pass(AttackServer from, AttackServer to) {
    List<Object> waiting = links.remove(link(from.id, to.id));
    if (waiting != null && to.up) {
      waiting.forEach(message -> to.deliver(from.id, message));
    }
  }

  private static String link(ServerId from, ServerId to) {
    return from.value() + "->" + to.value();
  }

  private void lease(AttackServer one, List<AttackServer> voters) {
    List<AttackServer> asked = new ArrayList<>(voters);
    asked.add(one);
    for (AttackServer voter : asked) {
      for (int round = 0; round < 2; round++) {
        var reply = voter.voter.onRequest(one.holder.request(voter.id, now(one)), now(voter));
        if (reply != null) {
          one.holder.onReply(voter.id, reply);
        }
      }
    }
    one.run(new PaxosInput.Flush(now(one)));
    boolean leased = new Timestamp(millis * MILLI).isBefore(one.holder.leaseEnd(AttackServer.G));
    out.add(one.id.value() + (leased ? " has a lease of a majority" : " has no lease"));
  }

  private void close(AttackServer from, AttackServer to) {
    Timestamp t = now(from).latest();
    boolean closed = from.closes(t);
    out.add(closed ? "closed" : "refused");
    if (closed) {
      to.believe(from.closedBallot, from.closedIndex, t);
    }
  }

  /** What a participant does for a vote that was given (protocol G8). */
  private void floor(AttackServer one, long forMillis) {
    Timestamp leaseEnd = new Timestamp((millis + forMillis) * MILLI);
    one.clock.raise(leaseEnd);
    oracle.promised(leaseEnd, one.applied, List.of());
  }

  private void force(AttackServer one) {
    int records = 0;
    while (!one.unforced.isEmpty()) {
      records += one.force();
    }
    out.addFirst(one.id.value() + " has " + records + " records more on its disk");
  }

  private List<Object> take(String[] word) {
    List<Object> taken = new ArrayList<>();
    List<Object> waiting = links.getOrDefault(word[1], new ArrayList<>());
    for (Iterator<Object> i = waiting.iterator(); i.hasNext(); ) {
      Object message = i.next();
      if (word.length < 3 || Show.of(message).startsWith(word[2])) {
        taken.add(message);
        i.remove();
      }
    }
    if (taken.isEmpty()) {
      out.add("nothing on the way");
    }
    return taken;
  }

  private void deliver(String[] word) {
    List<Object> messages = take(word);
    if (word[0].equals("copy")) {
      links.computeIfAbsent(word[1], l -> new ArrayList<>()).addAll(messages);
    }
    AttackServer to = server(word[1].substring(3));
    for (Object message : messages) {
      out.add(word[1] + " " + Show.of(message));
      if (to.up) {
        to.deliver(new ServerId(Integer.parseInt(word[1].substring(0, 1))), message);
      }
    }
  }

  private void image(AttackServer from, AttackServer to) {
    LogEntry entry = from.imageFor(to);
    if (entry == null) {
      out.add("no image");
    } else {
      Configuration then = from.core.membersAt(entry.index());
      to.takeImage(to.broken.imageEntry(entry), then);
      out.addFirst(to.id.value() + " stands after entry " + entry.index());
    }
  }

  private void leader() {
    if (servers.stream().noneMatch(AttackServer::leadsNow)) {
      throw new AttackOracle.Seen("nobody leads");
    }
    out.add("somebody leads");
  }

  @Override
  public TTInterval now(AttackServer server) {
    long[] clock = clocks.getOrDefault(server.id, new long[2]);
    long reading = millis + clock[0];
    return new TTInterval(
        new Timestamp((reading - clock[1]) * MILLI), new Timestamp((reading + clock[1]) * MILLI));
  }

  @Override
  public void send(ServerId from, ServerId to, Object message) {
    links.computeIfAbsent(link(from, to), l -> new ArrayList<>()).add(message);
  }

  @Override
  public void forceLater(AttackServer server) {}

  @Override
  public void chosen(AttackServer by, LogEntry entry) {
    oracle.chosen(by, entry);
  }

  @Override
  public void promised(Timestamp t, long afterIndex, List<LogEntry> held) {
    oracle.promised(t, afterIndex, held);
  }

  @Override
  public void inherited(AttackServer server, Inheritance shipped) {
    oracle.inherited(server, shipped);
  }

  @Override
  public void imageNeeded(ServerId server) {}

  @Override
  public void tell(String what) {
    if (!quiet) {
      out.add(what);
    }
  }

  @Override
  public RandomSource random() {
    return new RandomSource() {
      @Override
      public long nextLong() {
        return 0;
      }

      @Override
      public int nextInt(int bound) {
        return bound - 1;
      }

      @Override
      public RandomSource fork(String name) {
        return this;
      }
    };
  }
}
