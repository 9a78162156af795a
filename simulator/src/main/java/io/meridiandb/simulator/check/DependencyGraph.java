package io.meridiandb.simulator.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/**
 * Who must come before whom. Nodes are numbers; an edge has a kind. Finds the groups of nodes that
 * all must come before each other, and in them the cycle that says most.
 */
final class DependencyGraph {
  /** Why one comes before the other. */
  enum Kind {
    /** It overwrote what the first had written. */
    WRITE_WRITE,
    /** It read what the first had written. */
    WRITE_READ,
    /** It overwrote what the first had read. */
    READ_WRITE,
    /** The first had returned before it began. */
    REAL_TIME
  }

  /** One step of a cycle. */
  record Edge(int from, int to, Kind kind) {}

  private final List<List<Edge>> out = new ArrayList<>();

  DependencyGraph(int nodes) {
    for (int i = 0; i < nodes; i++) {
      out.add(new ArrayList<>(4));
    }
  }

  int addNode() {
    out.add(new ArrayList<>(4));
    return out.size() - 1;
  }

  void add(int from, int to, Kind kind) {
    if (from != to) {
      out.get(from).add(new Edge(from, to, kind));
    }
  }

  /** Groups of more than one node that reach each other (Tarjan, without recursion). */
  List<List<Integer>> components(Set<Kind> kinds) {
    int size = out.size();
    int[] index = new int[size];
    int[] low = new int[size];
    int[] nextEdge = new int[size];
    boolean[] onStack = new boolean[size];
    Arrays.fill(index, -1);
    ArrayDeque<Integer> stack = new ArrayDeque<>();
    ArrayDeque<Integer> path = new ArrayDeque<>();
    List<List<Integer>> found = new ArrayList<>();
    int counter = 0;
    for (int root = 0; root < size; root++) {
      if (index[root] >= 0) {
        continue;
      }
      path.push(root);
      while (!path.isEmpty()) {
        int node = path.peek();
        if (index[node] < 0) {
          index[node] = counter;
          low[node] = counter++;
          stack.push(node);
          onStack[node] = true;
        }
        int child = nextUnvisited(node, nextEdge, index, kinds, low, onStack);
        if (child >= 0) {
          path.push(child);
          continue;
        }
        path.pop();
        if (!path.isEmpty()) {
          int parent = path.peek();
          low[parent] = Math.min(low[parent], low[node]);
        }
        if (low[node] == index[node]) {
          takeComponent(node, stack, onStack, found);
        }
      }
    }
    return found;
  }

  private int nextUnvisited(
      int node, int[] nextEdge, int[] index, Set<Kind> kinds, int[] low, boolean[] onStack) {
    List<Edge> edges = out.get(node);
    while (nextEdge[node] < edges.size()) {
      Edge edge = edges.get(nextEdge[node]++);
      if (!kinds.contains(edge.kind)) {
        continue;
      }
      if (index[edge.to] < 0) {
        return edge.to;
      }
      if (onStack[edge.to]) {
        low[node] = Math.min(low[node], index[edge.to]);
      }
    }
    return -1;
  }

  private static void takeComponent(
      int root, ArrayDeque<Integer> stack, boolean[] onStack, List<List<Integer>> found) {
    List<Integer> component = new ArrayList<>();
    int node;
    do {
      node = stack.pop();
      onStack[node] = false;
      component.add(node);
    } while (node != root);
    if (component.size() > 1) {
      found.add(component);
    }
  }

  /** A shortest cycle through one of the nodes, within them and by these kinds of edges. */
  List<Edge> cycle(List<Integer> component, Set<Kind> kinds) {
    boolean[] inside = new boolean[out.size()];
    component.forEach(node -> inside[node] = true);
    List<Edge> best = List.of();
    for (int start : component.subList(0, Math.min(component.size(), 8))) {
      List<Edge> cycle = shortest(start, inside, kinds);
      if (!cycle.isEmpty() && (best.isEmpty() || cycle.size() < best.size())) {
        best = cycle;
      }
    }
    return best;
  }

  private List<Edge> shortest(int start, boolean[] inside, Set<Kind> kinds) {
    Edge[] cameBy = new Edge[out.size()];
    Queue<Integer> queue = new ArrayDeque<>(List.of(start));
    while (!queue.isEmpty()) {
      for (Edge edge : out.get(queue.remove())) {
        if (!inside[edge.to] || !kinds.contains(edge.kind) || cameBy[edge.to] != null) {
          continue;
        }
        cameBy[edge.to] = edge;
        if (edge.to == start) {
          return walkBack(cameBy, start);
        }
        queue.add(edge.to);
      }
    }
    return List.of();
  }

  private static List<Edge> walkBack(Edge[] cameBy, int start) {
    List<Edge> cycle = new ArrayList<>();
    int node = start;
    do {
      Edge edge = cameBy[node];
      cycle.addFirst(edge);
      node = edge.from;
    } while (node != start);
    return cycle;
  }

  /** Sets of kinds from the gravest anomaly to all: the first that has a cycle names it. */
  static List<Set<Kind>> bySeverity() {
    return List.of(
        EnumSet.of(Kind.WRITE_WRITE),
        EnumSet.of(Kind.WRITE_WRITE, Kind.WRITE_READ),
        EnumSet.of(Kind.WRITE_WRITE, Kind.WRITE_READ, Kind.READ_WRITE),
        EnumSet.allOf(Kind.class));
  }
}
