package io.meridiandb.paxos.attack;

import io.meridiandb.paxos.attack.SearchActor.Input;
import io.meridiandb.paxos.attack.SearchActor.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The states of single nodes, each with a number. A step of a node is computed once, with the
 * production objects, by repeating the node's way to the state; after that it is looked up. So a
 * state of the whole is a few numbers, and many millions of them cost little.
 */
final class SearchNodes {
  /** A text of any length in 128 bits. */
  private record Key(long a, long b) {}

  /** A step of one node: where it leads, what is sent, what is answered at once (0: nothing). */
  static final class Step {
    private int next;
    private final int[] sent;
    private final int answer;

    Step(int next, int[] sent, int answer) {
      this.next = next;
      this.sent = sent;
      this.answer = answer;
    }

    int next() {
      return next;
    }

    int[] sent() {
      return sent;
    }

    int answer() {
      return answer;
    }
  }

  /** Numbered states of one node. */
  private static final class Numbered {
    final Map<Key, Integer> numbers = new HashMap<>();
    final LongTable steps = new LongTable(1 << 12, true);
    int[] cameFrom = new int[1 << 10];
    int[] by = new int[1 << 10];
    Object[] facts = new Object[1 << 10];
    int[] mirrored = new int[1 << 10];

    void room(int number) {
      if (number >= by.length) {
        int more = 2 * by.length;
        cameFrom = Arrays.copyOf(cameFrom, more);
        by = Arrays.copyOf(by, more);
        facts = Arrays.copyOf(facts, more);
        mirrored = Arrays.copyOf(mirrored, more);
      }
    }
  }

  /** Marks a step that sends something; of others only the next state is kept. */
  private static final long SENDS = 1L << 40;

  private final SearchModel model;
  private final List<Input> inputs = new ArrayList<>();
  private byte[] once = new byte[1 << 10];
  private final Map<Input, Integer> inputNumbers = new HashMap<>();
  private final Map<Integer, Integer> mirroredInputs = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private final Step quiet = new Step(0, new int[0], 0);
  private final Map<String, Object> facts = new HashMap<>();
  private final Numbered[] nodes;
  long computed;

  SearchNodes(SearchModel model) {
    this.model = model;
    number(new Input() {}); // so that no input has the number 0
    nodes = new Numbered[model.size()];
    for (int node = 0; node < nodes.length; node++) {
      nodes[node] = new Numbered();
      number(node, model.fresh(node), -1, 0);
    }
  }

  /** The number of an input; inputs that are equal have the same. */
  int number(Input input) {
    Integer known = inputNumbers.putIfAbsent(input, inputs.size());
    if (known == null) {
      inputs.add(input);
      if (inputs.size() > once.length) {
        once = Arrays.copyOf(once, 2 * once.length);
      }
      once[inputs.size() - 1] = (byte) (input instanceof Message m && m.once() ? 1 : 0);
      return inputs.size() - 1;
    }
    return known;
  }

  Input input(int number) {
    return inputs.get(number);
  }

  /** 1 for a message that arrives once at most, else 0. */
  int once(int number) {
    return once[number];
  }

  Message message(int number) {
    return (Message) inputs.get(number);
  }

  int states(int node) {
    return nodes[node].numbers.size();
  }

  Object fact(int node, int state) {
    return nodes[node].facts[state];
  }

  /** What the input does to the node. */
  Step step(int node, int state, int input) {
    LongTable known = nodes[node].steps;
    long key = (long) state << 32 | input;
    long number = known.get(key);
    if (number < 0) {
      number = compute(node, state, input);
      known.put(key, number);
    }
    if ((number & SENDS) != 0) {
      return steps.get((int) number);
    }
    quiet.next = (int) number;
    return quiet;
  }

  private long compute(int node, int state, int input) {
    computed++;
    SearchActor actor = replay(node, state);
    actor.sent.clear();
    actor.answer = null;
    actor.on(inputs.get(input));
    int next = number(node, actor, state, input);
    Message answer = actor.answer;
    if (actor.sent.isEmpty() && answer == null) {
      return next;
    }
    int[] sent = actor.sent.stream().mapToInt(this::number).distinct().sorted().toArray();
    steps.add(new Step(next, sent, answer == null ? 0 : number(answer)));
    return SENDS | steps.size() - 1;
  }

  private SearchActor replay(int node, int state) {
    Numbered numbered = nodes[node];
    int length = 0;
    for (int s = state; numbered.cameFrom[s] >= 0; s = numbered.cameFrom[s]) {
      length++;
    }
    int[] path = new int[length];
    for (int s = state; length > 0; s = numbered.cameFrom[s]) {
      path[--length] = s;
    }
    SearchActor actor = model.fresh(node);
    for (int s : path) {
      actor.on(inputs.get(numbered.by[s]));
    }
    return actor;
  }

  /** The state with the names exchanged under which the model is symmetric. */
  int mirrored(int node, int state) {
    Numbered numbered = nodes[node];
    int known = numbered.mirrored[state];
    if (known > 0) {
      return known - 1;
    }
    int from = numbered.cameFrom[state];
    int mirrored =
        from < 0 ? state : step(node, mirrored(node, from), mirrored(numbered.by[state])).next();
    numbered.mirrored[state] = mirrored + 1;
    return mirrored;
  }

  /** The input with the names exchanged. */
  int mirrored(int input) {
    Integer known = mirroredInputs.get(input);
    if (known == null) {
      known = number(model.mirrored(inputs.get(input)));
      mirroredInputs.put(input, known);
    }
    return known;
  }

  private int number(int node, SearchActor actor, int from, int by) {
    Numbered numbered = nodes[node];
    int next = numbered.numbers.size();
    Integer known = numbered.numbers.putIfAbsent(key(actor.dump()), next);
    if (known != null) {
      return known;
    }
    numbered.room(next);
    numbered.cameFrom[next] = from;
    numbered.by[next] = by;
    Object fact = actor.fact();
    Object same = facts.putIfAbsent(fact.toString(), fact);
    numbered.facts[next] = same == null ? fact : same;
    return next;
  }

  private static Key key(String text) {
    long a = 0x243F6A8885A308D3L;
    long b = 0x13198A2E03707344L;
    for (int i = 0; i < text.length(); i++) {
      a = (a ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
      a ^= a >>> 29;
      b = Long.rotateLeft(b, 7) * 0xD6E8FEB86659FD93L + text.charAt(i);
    }
    return new Key(a, b);
  }
}
