package io.meridiandb.simulator.check;

import io.meridiandb.simulator.check.DependencyGraph.Edge;
import io.meridiandb.simulator.check.DependencyGraph.Kind;
import io.meridiandb.simulator.check.VersionOrder.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks for Adya's anomalies and for orders that contradict real time, and reads no timestamp: from
 * what transactions wrote and saw it concludes who must come before whom; a cycle is an anomaly.
 *
 * <p>Says nothing where a history tells no order, for example about values that are overwritten
 * unread. Values of one key must be unique, and rows once deleted must stay so. Near-linear in the
 * history, all of which it holds.
 */
public final class CycleChecker {
  private static final int FINDINGS_MAX = 20;

  private final List<Txn> all;
  private final Map<Long, Integer> nodes = new LinkedHashMap<>(); // by id
  private final List<Txn> byNode = new ArrayList<>();
  private final NavigableMap<Long, VersionOrder> keys = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();

  private CycleChecker(List<Txn> history) {
    this.all = history;
  }

  /** All that is wrong with a history, gravest first within each cycle's group; at most twenty. */
  public static List<Finding> check(List<Txn> history) {
    return new CycleChecker(history).check();
  }

  private List<Finding> check() {
    all.forEach(this::writes);
    all.forEach(this::reads);
    keys.values().forEach(VersionOrder::close);
    for (Txn txn : all) {
      if (txn.outcome() == Txn.Outcome.COMMITTED || wasSeen(txn)) {
        nodes.put(txn.id(), nodes.size());
        byNode.add(txn);
      }
    }
    DependencyGraph graph = new DependencyGraph(nodes.size());
    keys.values().forEach(order -> addDependencies(graph, order));
    addRealTime(graph);
    for (Set<Kind> kinds : DependencyGraph.bySeverity()) {
      for (List<Integer> component : graph.components(kinds)) {
        report(graph.cycle(component, kinds));
      }
      if (!findings.isEmpty()) {
        return findings;
      }
    }
    return findings;
  }

  private VersionOrder order(long key) {
    return keys.computeIfAbsent(key, VersionOrder::new);
  }

  private void writes(Txn txn) {
    List<String> wrong = new ArrayList<>();
    for (Op op : txn.ops()) {
      switch (op) {
        case Op.Write write -> {
          String twice = order(write.key()).put(write.value(), txn);
          if (twice != null) {
            wrong.add(twice);
          }
        }
        case Op.Append append -> order(append.key()).append(append.element(), txn, wrong);
        case Op.Increment _, Op.Read _, Op.ReadList _, Op.ReadRange _ -> {}
      }
    }
    wrong.forEach(why -> found("duplicate write", why, List.of(txn)));
  }

  private void reads(Txn txn) {
    if (txn.outcome() != Txn.Outcome.COMMITTED) {
      return;
    }
    OwnView own = new OwnView(txn);
    for (Op op : txn.ops()) {
      switch (op) {
        case Op.Read read -> see(txn, read, own);
        case Op.ReadList read -> seeList(txn, read, own);
        case Op.ReadRange range -> seeRange(txn, range, own);
        case Op.Write write -> {
          Long before = own.firstWrite(write);
          if (before != null) {
            order(write.key()).overwrite(before, write.value());
          }
        }
        case Op.Append append -> own.appended(append);
        case Op.Increment _ -> {}
      }
    }
  }

  private void see(Txn txn, Op.Read read, OwnView own) {
    Long mine = own.written(read.key());
    Long again = own.seen(read.key());
    Long must = mine != null ? mine : again;
    if (must != null) {
      if (must != read.value()) {
        found("internal", "it must see " + must + " there, and " + read, List.of(txn));
      }
      return;
    }
    own.saw(read.key(), read.value());
    external(txn, read.key(), read.value());
  }

  private void external(Txn txn, long key, long value) {
    VersionOrder order = order(key);
    Version version = order.version(value);
    Txn writer = version.writer();
    if (value != Op.ABSENT && writer == null) {
      found("garbage", "nobody ever wrote " + value + " to key " + key, List.of(txn));
    } else if (writer != null && writer.outcome() == Txn.Outcome.ABORTED) {
      found("G1a aborted read", "key " + key + ", value " + value, List.of(writer, txn));
    } else if (writer != null && writer.id() != txn.id() && !isFinal(writer, key, value)) {
      found("G1b intermediate read", "key " + key + ", value " + value, List.of(writer, txn));
    }
    order.read(value, txn);
  }

  private static boolean isFinal(Txn writer, long key, long value) {
    long last = value;
    for (Op op : writer.ops()) {
      if (op instanceof Op.Write write && write.key() == key) {
        last = write.value();
      } else if (op instanceof Op.Append append && append.key() == key) {
        last = append.element();
      }
    }
    return last == value;
  }

  private void seeList(Txn txn, Op.ReadList read, OwnView own) {
    List<Long> others = own.withoutOwn(read);
    if (others == null) {
      found("internal", "its own elements are not at the end of " + read, List.of(txn));
      return;
    }
    String wrong = order(read.key()).readList(read.elements(), txn);
    if (wrong != null) {
      found("incompatible order", wrong, List.of(txn));
    }
    for (int i = 0; i < others.size(); i++) {
      long element = others.get(i);
      Txn writer = order(read.key()).version(element).writer();
      if (writer == null) {
        found("garbage", "nobody ever appended " + element + " to " + read, List.of(txn));
      } else if (writer.outcome() == Txn.Outcome.ABORTED) {
        found("G1a aborted read", element + " in " + read, List.of(writer, txn));
      } else if (i == others.size() - 1 && !isFinal(writer, read.key(), element)) {
        found("G1b intermediate read", element + " ends " + read, List.of(writer, txn));
      }
    }
    if (!others.isEmpty() || read.elements().isEmpty()) {
      order(read.key()).read(others.isEmpty() ? Op.ABSENT : others.getLast(), txn);
    }
  }

  private void seeRange(Txn txn, Op.ReadRange range, OwnView own) {
    Map<Long, Long> rows = new TreeMap<>();
    range.rows().forEach(row -> rows.put(row.key(), row.value()));
    for (Op.Row row : range.rows()) {
      if (keys.get(row.key()) == null) {
        found("garbage", "nobody ever wrote " + row + " of " + range, List.of(txn));
      }
    }
    for (long key : List.copyOf(keys.subMap(range.from(), true, range.to(), false).keySet())) {
      see(txn, new Op.Read(key, rows.getOrDefault(key, Op.ABSENT)), own);
    }
  }

  /** Whether a transaction of unknown outcome has shown itself. */
  private boolean wasSeen(Txn txn) {
    if (txn.outcome() != Txn.Outcome.UNKNOWN) {
      return false;
    }
    return txn.ops().stream()
        .anyMatch(op ->
            switch (op) {
              case Op.Write write -> !order(write.key()).version(write.value()).readers().isEmpty();
              case Op.Append append ->
                  !order(append.key()).version(append.element()).readers().isEmpty();
              default -> false;
            });
  }

  private void addDependencies(DependencyGraph graph, VersionOrder order) {
    for (Version version : order.versions().values()) {
      Integer writer = version.writer() == null ? null : nodes.get(version.writer().id());
      for (Txn reader : version.readers()) {
        addEdge(graph, writer, nodes.get(reader.id()), Kind.WRITE_READ);
      }
      for (long next : version.next()) {
        Txn overwriter = order.version(next).writer();
        Integer after = overwriter == null ? null : nodes.get(overwriter.id());
        addEdge(graph, writer, after, Kind.WRITE_WRITE);
        for (Txn reader : version.readers()) {
          addEdge(graph, nodes.get(reader.id()), after, Kind.READ_WRITE);
        }
      }
    }
  }

  private static void addEdge(
      DependencyGraph graph, @Nullable Integer from, @Nullable Integer to, Kind kind) {
    if (from != null && to != null) {
      graph.add(from, to, kind);
    }
  }

  /** One chain of moments: who has returned leads into it, who begins later comes out of it. */
  private void addRealTime(DependencyGraph graph) {
    List<Txn> returned =
        byNode.stream()
            .filter(CycleChecker::bindsTime)
            .filter(txn -> txn.outcome() == Txn.Outcome.COMMITTED)
            .sorted(Comparator.comparingLong(txn -> txn.span().returned()))
            .toList();
    List<Txn> invoked =
        byNode.stream()
            .filter(CycleChecker::bindsTime)
            .sorted(Comparator.comparingLong(txn -> txn.span().invoked()))
            .toList();
    int moment = -1;
    int next = 0;
    for (Txn txn : invoked) {
      while (next < returned.size()
          && returned.get(next).span().returned() < txn.span().invoked()) {
        int later = graph.addNode();
        if (moment >= 0) {
          graph.add(moment, later, Kind.REAL_TIME);
        }
        graph.add(node(returned.get(next)), later, Kind.REAL_TIME);
        moment = later;
        next++;
      }
      if (moment >= 0) {
        graph.add(moment, node(txn), Kind.REAL_TIME);
      }
    }
  }

  private int node(Txn txn) {
    return nodes.getOrDefault(txn.id(), -1);
  }

  private static boolean bindsTime(Txn txn) {
    return txn.kind() != Txn.Kind.STALE_READ;
  }

  private void report(List<Edge> cycle) {
    long antidependencies = cycle.stream().filter(e -> e.kind() == Kind.READ_WRITE).count();
    boolean realTime = cycle.stream().anyMatch(e -> e.kind() == Kind.REAL_TIME);
    boolean reads = cycle.stream().anyMatch(e -> e.kind() == Kind.WRITE_READ);
    String name =
        antidependencies > 1
            ? "G2"
            : antidependencies == 1 ? "G-single" : reads ? "G1c circular information" : "G0";
    StringBuilder why = new StringBuilder();
    List<Txn> shown = new ArrayList<>();
    for (Edge edge : cycle) {
      if (edge.from() < byNode.size()) {
        Txn txn = byNode.get(edge.from());
        shown.add(txn);
        why.append('T').append(txn.id()).append(' ');
      }
      String word = edge.kind().name().toLowerCase(Locale.ROOT);
      if (why.toString().endsWith(word + " ")) {
        continue;
      }
      why.append(word).append(' ');
    }
    found(realTime ? name + " against real time" : name, why + "and so on", shown);
  }

  private void found(String what, String why, List<Txn> transactions) {
    if (findings.size() < FINDINGS_MAX) {
      findings.add(new Finding(what, why, transactions));
    }
  }
}
