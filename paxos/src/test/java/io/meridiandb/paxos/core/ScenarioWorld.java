package io.meridiandb.paxos.core;

import static io.meridiandb.paxos.core.CoreFixture.G;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Cores of one group, three unless {@code group} says otherwise, whose every message and force a
 * scenario decides about.
 */
final class ScenarioWorld {
  private static final long MILLI = 1_000_000;

  private record Batch(List<LogRecord> records, DurablePoint point, List<Outgoing> sends) {}

  private final class Node {
    final int id;
    final DurableGroup disk = new DurableGroup(G);

    /** The state machine's checkpoint, and what it has applied since. */
    long checkpoint;

    long applied;
    long incarnation;
    CoreFixture server;
    PaxosCore core;
    Deque<Batch> unforced = new ArrayDeque<>();

    /** What the core has asked of the log. */
    final Deque<Signal.ReadEntries> reads = new ArrayDeque<>();

    /** So many bytes of chosen entries may stay in memory. */
    long memory = PaxosConfig.MEMORY_BYTES_MAX;

    Node(int id) {
      this.id = id;
    }

    void start() {
      server = new CoreFixture(id, ++incarnation, now());
      unforced = new ArrayDeque<>();
      reads.clear();
      boolean data = initial.kindOf(new ServerId(id)) != ReplicaSet.Kind.WITNESS;
      applied = data ? checkpoint : disk.base;
      core = server.core(initial, data, disk.recover(), data ? checkpoint : 0);
    }
  }

  private final Map<Integer, Node> nodes = new TreeMap<>();
  private final Map<String, Deque<PaxosMessage>> links = new TreeMap<>();
  private final List<String> out = new ArrayList<>();
  private long millis = 1_000_000;

  private ReplicaSet initial;

  ScenarioWorld() {
    begin(3, "1 2 3".split(" "));
  }

  private void begin(int servers, String[] members) {
    initial = set(members);
    nodes.clear();
    for (int id = 1; id <= servers; id++) {
      Node node = new Node(id);
      nodes.put(id, node);
      node.start();
    }
  }

  /** Such as {@code 1 2 3w 4r}. */
  private static ReplicaSet set(String[] words) {
    List<ServerId> full = new ArrayList<>();
    List<ServerId> witnesses = new ArrayList<>();
    List<ServerId> readOnly = new ArrayList<>();
    for (String word : words) {
      ServerId id = new ServerId(word.charAt(0) - '0');
      (word.endsWith("w") ? witnesses : word.endsWith("r") ? readOnly : full).add(id);
    }
    return ReplicaSet.of(full, witnesses, readOnly);
  }

  private TTInterval now() {
    Timestamp t = new Timestamp(millis * MILLI);
    return new TTInterval(t, t);
  }

  /** Carries out one command and returns what it led to. */
  List<String> execute(String line) {
    out.clear();
    String[] word = line.split(" ");
    switch (word[0]) {
      case "time" -> millis += Long.parseLong(word[1]);
      case "group" -> begin(word.length - 1, Arrays.copyOfRange(word, 1, word.length));
      case "servers" -> begin(Integer.parseInt(word[1]), Arrays.copyOfRange(word, 2, word.length));
      case "settle" -> settle(Arrays.asList(word).subList(1, word.length));
      case "elect" -> elect(word[1]);
      case "change" ->
          run(
              node(word[1]),
              new PaxosInput.ChangeMembers(now(), set(Arrays.copyOfRange(word, 2, word.length))));
      case "hand" ->
          run(
              node(word[1]),
              new PaxosInput.HandOver(
                  now(), word.length > 2 ? new ServerId(Long.parseLong(word[2])) : null));
      case "leave" -> node(word[1]).server.voter.leave();
      case "resign" -> {
        ServerId target = new ServerId(Long.parseLong(word[2]));
        run(node(word[1]), new PaxosInput.Resign(now(), target, now().latest()));
      }
      case "checkpoint" -> {
        Node at = node(word[1]);
        at.checkpoint = at.applied;
        run(at, new PaxosInput.Checkpointed(now(), at.applied));
      }
      case "image" -> image(node(word[1].substring(0, 1)), node(word[1].substring(3)));
      case "tick" -> tick(node(word[1]));
      case "memory" -> node(word[1]).memory = Long.parseLong(word[2]);
      case "read" -> read(node(word[1]));
      case "lease" -> lease(node(word[1]));
      case "force" -> force(node(word[1]));
      case "propose" -> propose(node(word[1]), word[2]);
      case "crash" -> {
        node(word[1]).start();
        links.keySet().removeIf(link -> link.startsWith(word[1]));
      }
      case "deliver" -> deliver(word[1]);
      case "drop" -> {
        for (PaxosMessage message : links.getOrDefault(word[1], new ArrayDeque<>())) {
          out.add("dropped " + word[1] + " " + show(message));
        }
        links.remove(word[1]);
      }
      case "show" -> nodes.values().forEach(n -> out.add(n.id + ": " + n.core));
      case "members" -> nodes.values().forEach(n -> out.add(n.id + ": " + n.core.members()));
      default -> throw new IllegalArgumentException("no such command: " + line);
    }
    return List.copyOf(out);
  }

  /** All that is on the way between these servers arrives, and all is forced; nothing is shown. */
  private void settle(List<String> ids) {
    int shown = out.size();
    for (int round = 0; round < 20; round++) {
      ids.forEach(id -> force(node(id)));
      for (String from : ids) {
        for (String to : ids) {
          if (links.containsKey(from + "->" + to)) {
            deliver(from + "->" + to);
          }
        }
      }
    }
    out.subList(shown, out.size()).clear();
  }

  /** The server becomes leader with the help of all, and begins to serve; nothing is shown. */
  private void elect(String id) {
    List<String> all = nodes.keySet().stream().map(String::valueOf).toList();
    tick(node(id));
    millis += 200;
    tick(node(id));
    settle(all);
    lease(node(id));
    settle(all);
    out.clear();
  }

  /** The state at the checkpoint of one server goes to another, all at once. */
  private void image(Node from, Node to) {
    LogEntry entry = from.core.entry(from.checkpoint);
    out.add("image of " + from.id + " up to " + from.checkpoint + " for " + to.id);
    Configuration members = from.core.membersAt(from.checkpoint);
    to.disk.replay(new LogRecord.Members(G, from.checkpoint, members.encode()));
    run(to, new PaxosInput.ImageComing(now(), entry, members));
    to.checkpoint = from.checkpoint;
    to.applied = from.checkpoint;
    run(to, new PaxosInput.ImageInstalled(now(), entry));
  }

  private Node node(String id) {
    return nodes.get(Integer.parseInt(id));
  }

  private void tick(Node node) {
    run(node, new PaxosInput.Tick(now(), Timestamp.MIN, true, node.memory, false));
  }

  /** The disk gives back what was asked of it first. */
  private void read(Node node) {
    Signal.ReadEntries part = node.reads.removeFirst();
    DurableGroup log = node.disk.copy();
    node.unforced.forEach(batch -> batch.records.forEach(log::replay));
    run(node, new PaxosInput.EntriesRead(now(), part.from(), log.read(part)));
  }

  private void lease(Node node) {
    for (Node voter : nodes.values()) {
      for (int round = 0; round < 2; round++) {
        ServerId asked = new ServerId(voter.id);
        node.server.holder.onReply(
            asked, voter.server.voter.onRequest(node.server.holder.request(asked, now()), now()));
      }
    }
    run(node, new PaxosInput.Flush(now()));
  }

  private void force(Node node) {
    while (!node.unforced.isEmpty()) {
      Batch batch = node.unforced.removeFirst();
      batch.records.forEach(node.disk::replay);
      out.add(node.id + " forced " + batch.records.size() + " records");
      batch.sends.forEach(message -> send(node, message));
      run(node, new PaxosInput.Durable(now(), batch.point));
    }
  }

  private void propose(Node node, String text) {
    if (node.core.append(now().latest(), ByteString.copyFromUtf8(text)).isEmpty()) {
      out.add(node.id + " refuses");
    }
    run(node, new PaxosInput.Flush(now()));
    millis++;
  }

  private void deliver(String link) {
    Deque<PaxosMessage> waiting = links.remove(link);
    if (waiting == null) {
      out.add("nothing on the way");
      return;
    }
    Node to = node(link.substring(3));
    ServerId from = new ServerId(Integer.parseInt(link.substring(0, 1)));
    for (PaxosMessage message : waiting) {
      out.add(link + " " + show(message));
      run(to, new PaxosInput.Deliver(now(), from, message));
    }
  }

  private void run(Node node, PaxosInput input) {
    PaxosEffects effects = node.core.step(input);
    if (!effects.persist().isEmpty()) {
      effects.persist().forEach(record -> out.add("  " + node.id + " persists " + show(record)));
      node.unforced.addLast(
          new Batch(
              effects.persist(), effects.point(), new ArrayList<>(effects.sendAfterPersist())));
    } else if (node.unforced.isEmpty()) {
      effects.sendAfterPersist().forEach(message -> send(node, message));
    } else {
      node.unforced.getLast().sends.addAll(effects.sendAfterPersist());
    }
    effects.send().forEach(message -> send(node, message));
    for (LogEntry entry : effects.chosen()) {
      node.applied = entry.index();
      out.add("  " + node.id + " chosen " + show(entry));
    }
    for (Signal signal : effects.signals()) {
      if (signal instanceof Signal.ReadEntries part) {
        node.reads.addLast(part);
        out.add("  %d reads %d..%d of its log".formatted(node.id, part.from(), part.to()));
      } else {
        out.add("  " + node.id + " " + signal.getClass().getSimpleName().toLowerCase(Locale.ROOT));
      }
    }
  }

  private void send(Node from, Outgoing message) {
    links
        .computeIfAbsent(from.id + "->" + message.to().value(), l -> new ArrayDeque<>())
        .addLast(message.message());
  }

  private static String show(LogEntry entry) {
    return entry.index()
        + "@"
        + entry.ballot()
        + switch (entry.kind()) {
          case LEADER_START -> " START";
          case CONFIGURATION -> " MEMBERS " + Configuration.decode(entry.payload());
          case COMMAND -> " " + entry.payload().toStringUtf8();
        };
  }

  private static String show(LogRecord record) {
    return switch (record) {
      case LogRecord.Append append -> "append " + show(append.entry());
      case LogRecord.Restamp stamp ->
          "restamp " + stamp.from() + ".." + stamp.to() + " @" + stamp.ballot();
      case LogRecord.CutSuffix cut -> "cut after " + cut.lastKept();
      case LogRecord.Promise promise -> "promise " + promise.ballot();
      case LogRecord.CutPrefix cut -> "begin after " + cut.lastDropped();
      case LogRecord.Members members ->
          "members from %d on %s"
              .formatted(members.index(), Configuration.decode(members.configuration()));
      case LogRecord.Commit hint -> "commit hint " + hint.index();
      default -> record.toString();
    };
  }

  private static String show(PaxosMessage message) {
    return switch (message) {
      case PaxosMessage.PreVote m -> "pre-vote";
      case PaxosMessage.PreVoteReply m -> "pre-vote reply " + (m.yes() ? "yes" : "no");
      case PaxosMessage.Prepare m -> "PREPARE " + m.ballot();
      case PaxosMessage.Promise m ->
          "PROMISE " + m.ballot() + " log " + m.log().lastIndex() + "@" + m.log().lastBallot();
      case PaxosMessage.Accept m ->
          "ACCEPT %s after %d %s chosen %d"
              .formatted(
                  m.ballot(),
                  m.prevIndex(),
                  m.entries().stream().map(ScenarioWorld::show).toList(),
                  m.commitIndex());
      case PaxosMessage.Fetch m -> "FETCH from " + m.from();
      case PaxosMessage.Suffix m ->
          "SUFFIX " + m.entries().stream().map(ScenarioWorld::show).toList();
      case PaxosMessage.Accepted m -> "ACCEPTED " + m.ballot() + " up to " + m.index();
      case PaxosMessage.Behind m ->
          "BEHIND %s promised %s log %d@%s chosen %d"
              .formatted(
                  m.ballot(),
                  m.promised(),
                  m.log().lastIndex(),
                  m.log().lastBallot(),
                  m.log().commitIndex());
      case PaxosMessage.Inquiry m -> "inquiry about " + m.ballot() + ", chosen " + m.commit();
      case PaxosMessage.MembersChosen m ->
          "members %s chosen up to %d%s"
              .formatted(m.members(), m.chosen(), m.dispensable() ? ", dispensable" : "");
      default -> message.getClass().getSimpleName();
    };
  }
}
