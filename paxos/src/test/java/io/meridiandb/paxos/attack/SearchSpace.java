package io.meridiandb.paxos.attack;

import io.meridiandb.paxos.attack.SearchActor.Input;
import io.meridiandb.paxos.attack.SearchActor.Message;
import io.meridiandb.paxos.attack.SearchNodes.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Visits every state of a {@link SearchModel} that can be reached in so many steps and from which a
 * violation could still be reached in the steps that are left, breadth first: so the first
 * violation met is one of the shortest. A state is the numbers of the nodes' states and the set of
 * the messages on their way; states that were met before are known by 64 bits of a hash (of n
 * states two fall together with a probability of about n²/2^65: 1 in 3,000 for a hundred million).
 */
public final class SearchSpace {
  /** What came out. */
  public record Result(boolean violated, int depth, long states, List<Long> levels, String trace) {
    @Override
    public String toString() {
      return violated
          ? "found in " + depth + " steps after " + states + " states"
          : "clean to " + depth + " steps, " + states + " states, by step " + levels;
    }
  }

  /** A step of the set-up before the search. */
  public sealed interface Before {}

  /** Something happens to all nodes. */
  public record Common(Input input) implements Before {}

  /** A node acts. */
  public record Act(int node, Input action) implements Before {}

  /** All messages of that type that are on their way to the node arrive there. */
  public record Arrive(int to, Class<? extends Message> type) implements Before {}

  /** Nothing of what is on its way ever arrives. */
  public record Lose() implements Before {}

  /** A whole exchange. */
  public record Talk(int node, int with) implements Before {}

  private final SearchModel model;
  private final SearchNodes nodes;
  private final int size;
  private final int[][] actions;
  private final int[][] exchanges;
  private final int[] common;
  private final Object[] facts;
  private final boolean tracing;
  private final List<SearchRow> rows = new ArrayList<>();
  private final LongTable seen = new LongTable(1 << 16, false);
  private SearchRow next;
  private int parent;
  private int left;
  private boolean violated;

  /**
   * A search.
   *
   * @param tracing whether a violation is to be told step by step, which costs memory
   */
  public SearchSpace(SearchModel model, boolean tracing) {
    this.model = model;
    this.tracing = tracing;
    this.nodes = new SearchNodes(model);
    this.size = model.size();
    this.facts = new Object[size];
    this.actions = new int[size][];
    this.exchanges = new int[size][size];
    this.common = model.common().stream().mapToInt(nodes::number).toArray();
    this.next = new SearchRow(size, tracing);
    for (int node = 0; node < size; node++) {
      actions[node] = model.actions(node).stream().mapToInt(nodes::number).toArray();
      for (int with = 0; with < size; with++) {
        exchanges[node][with] = nodes.number(new SearchModel.Exchange(with));
      }
    }
  }

  /** Searches from the state after {@code before}, at most so many steps and states. */
  public Result search(List<? extends Before> before, int depthMax, long statesMax) {
    int[] start = new int[size + 1];
    for (Before step : before) {
      start = prepare(start, step);
    }
    List<Long> levels = new ArrayList<>();
    SearchRow row = new SearchRow(size, tracing);
    row.add(start, -1);
    for (int depth = 1; depth <= depthMax && row.size > 0; depth++) {
      rows.add(row);
      next = new SearchRow(size, tracing);
      left = depthMax - depth;
      for (parent = 0; parent < row.size && !violated; parent++) {
        expand(row.read(!tracing));
        if (seen.size() >= statesMax && !violated) {
          return new Result(false, depth - 1, seen.size(), levels, "");
        }
      }
      levels.add((long) next.size);
      if (violated) {
        return new Result(true, depth, seen.size(), levels, tracing ? trace() : "");
      }
      if (!tracing) {
        rows.clear();
      }
      row = next;
    }
    return new Result(false, depthMax, seen.size(), levels, "");
  }

  private int[] prepare(int[] state, Before step) {
    switch (step) {
      case Common all -> {
        return common(state, nodes.number(all.input()));
      }
      case Act act -> {
        return local(state, act.node(), nodes.number(act.action()));
      }
      case Talk talk -> {
        return exchange(state, talk.node(), talk.with());
      }
      case Lose lose -> {
        int[] after = Arrays.copyOf(state, size + 1);
        after[size] = 0;
        return after;
      }
      case Arrive arrive -> {
        int[] after = state;
        for (int i = size + 1; i < state.length; i++) {
          Message message = nodes.message(state[i]);
          if (message.to() == arrive.to() && arrive.type().isInstance(message)) {
            after = local(after, arrive.to(), state[i]);
          }
        }
        return after;
      }
    }
  }

  private void expand(int[] state) {
    for (int input : common) {
      reach(state, common(state, input));
    }
    for (int node = 0; node < size; node++) {
      for (int action : actions[node]) {
        reach(state, local(state, node, action));
      }
      for (int with = 0; with < size && model.exchanges(); with++) {
        if (with != node) {
          reach(state, exchange(state, node, with));
        }
      }
    }
    for (int i = size + 1; i < state.length; i++) {
      reach(state, local(state, nodes.message(state[i]).to(), state[i]));
    }
  }

  private int[] common(int[] state, int input) {
    int[] after = Arrays.copyOf(state, state.length);
    for (int node = 0; node < size; node++) {
      after[node] = nodes.step(node, state[node], input).next();
    }
    for (int i = size + 1; i < state.length; i++) {
      after[i] = nodes.number(model.aged(nodes.message(state[i]), nodes.input(input)));
    }
    return withDistinctMessages(after);
  }

  private int[] withDistinctMessages(int[] state) {
    Arrays.sort(state, size + 1, state.length);
    int kept = size + 1;
    for (int i = size + 1; i < state.length; i++) {
      if (i == size + 1 || state[i] != state[i - 1]) {
        state[kept++] = state[i];
      }
    }
    int[] after = kept == state.length ? state : Arrays.copyOf(state, kept);
    after[size] = kept - size - 1;
    return after;
  }

  /** The same array if nothing happens. */
  private int[] local(int[] state, int node, int input) {
    Step step = nodes.step(node, state[node], input);
    boolean arrives = nodes.once(input) == 1;
    if (step.next() == state[node] && step.sent().length == 0 && !arrives) {
      return state;
    }
    if (step.sent().length == 0 && !arrives) {
      int[] after = state.clone();
      after[node] = step.next();
      return after;
    }
    int[] after = new int[state.length - (arrives ? 1 : 0) + step.sent().length];
    int at = 0;
    for (int i = 0; i < state.length; i++) {
      if (!arrives || i <= size || state[i] != input) {
        after[at++] = state[i];
      }
    }
    after[node] = step.next();
    System.arraycopy(step.sent(), 0, after, at, step.sent().length);
    return withDistinctMessages(after);
  }

  /** Twice there and back, so that the second question can echo the first answer. */
  private int[] exchange(int[] state, int node, int with) {
    int[] after = Arrays.copyOf(state, state.length);
    for (int round = 0; round < 2; round++) {
      Step asked = nodes.step(node, after[node], exchanges[node][with]);
      after[node] = asked.next();
      if (asked.answer() == 0) {
        return asked.next() == state[node] ? state : after;
      }
      int question = nodes.number(new SearchModel.AtOnce(nodes.message(asked.answer())));
      Step answered = nodes.step(with, after[with], question);
      after[with] = answered.next();
      if (answered.answer() == 0) {
        return after;
      }
      after[node] = nodes.step(node, after[node], answered.answer()).next();
    }
    return after;
  }

  private void reach(int[] from, int[] reached) {
    if (reached == from) {
      return;
    }
    learn(reached);
    boolean broken = model.violated(facts);
    int once = 0;
    for (int i = size + 1; i < reached.length; i++) {
      once += nodes.once(reached[i]);
    }
    if (!broken && left < model.distance(facts, once, left)) {
      return;
    }
    int[] state = withoutUseless(reached);
    long print = print(state, false);
    if (model.symmetric()) {
      print = Math.min(print, print(state, true));
    }
    if (!seen.add(print == 0 ? 1 : print)) {
      return;
    }
    next.add(tracing ? reached : state, parent);
    if (!violated && broken) {
      violated = true;
      rows.add(next);
    }
  }

  private void learn(int[] state) {
    for (int node = 0; node < size; node++) {
      facts[node] = nodes.fact(node, state[node]);
    }
  }

  /** Messages that can change nothing any more are forgotten. */
  private int[] withoutUseless(int[] state) {
    int kept = size + 1;
    int[] after = state.clone();
    for (int i = size + 1; i < state.length; i++) {
      if (!model.useless(nodes.message(state[i]), facts)) {
        after[kept++] = state[i];
      }
    }
    if (kept == state.length) {
      return state;
    }
    after[size] = kept - size - 1;
    return Arrays.copyOf(after, kept);
  }

  private long print(int[] state, boolean mirrored) {
    long hash = 0;
    for (int node = 0; node < size; node++) {
      int id = mirrored ? nodes.mirrored(node, state[node]) : state[node];
      hash = mix(hash + id + 1);
    }
    long messages = 0;
    for (int i = size + 1; i < state.length; i++) {
      messages += mix(0x5851F42D4C957F2DL * (mirrored ? nodes.mirrored(state[i]) : state[i]));
    }
    return mix(hash ^ messages);
  }

  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** How many steps of single nodes were computed with production objects. */
  public long computed() {
    return nodes.computed;
  }

  /** How many states each node has. */
  public String nodeStates() {
    StringBuilder out = new StringBuilder();
    for (int node = 0; node < size; node++) {
      out.append(node == 0 ? "" : " / ").append(nodes.states(node));
    }
    return out.toString();
  }

  /** The way to the violation, one line a step. */
  private String trace() {
    List<int[]> states = new ArrayList<>();
    int at = rows.getLast().size - 1;
    for (int depth = rows.size() - 1; depth >= 0; depth--) {
      SearchRow row = rows.get(depth);
      row.rewind();
      int[] state = row.read(false);
      for (int i = 0; i < at; i++) {
        state = row.read(false);
      }
      states.addFirst(state);
      at = row.parent(at);
    }
    StringBuilder out = new StringBuilder();
    for (int i = 1; i < states.size(); i++) {
      out.append("  ").append(i).append(". ");
      out.append(describe(states.get(i - 1), states.get(i))).append('\n');
    }
    return out.toString();
  }

  private String describe(int[] from, int[] to) {
    for (int input : common) {
      if (Arrays.equals(common(from, input), to)) {
        return "all: " + nodes.input(input);
      }
    }
    for (int i = size + 1; i < from.length; i++) {
      int node = nodes.message(from[i]).to();
      if (Arrays.equals(local(from, node, from[i]), to)) {
        return (node + 1) + " gets " + nodes.input(from[i]);
      }
    }
    for (int node = 0; node < size; node++) {
      for (int action : actions[node]) {
        if (Arrays.equals(local(from, node, action), to)) {
          return (node + 1) + " does " + nodes.input(action);
        }
      }
      for (int with = 0; with < size && model.exchanges(); with++) {
        if (with != node && Arrays.equals(exchange(from, node, with), to)) {
          return (node + 1) + " asks " + (with + 1) + " for a lease and has the answer";
        }
      }
    }
    return "?";
  }
}
