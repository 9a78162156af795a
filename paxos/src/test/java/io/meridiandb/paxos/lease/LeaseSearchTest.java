package io.meridiandb.paxos.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.paxos.lease.LeaseModel.Parts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Guards protocol C1, G1-G3, G7 by exhaustive search: from a universe in which server 1 leads both
 * groups, every order of deliveries (lost, repeated), crashes, campaigns, hand-overs and steps of
 * the clock up to a depth, with clocks at every corner of their bound. Found figures stand in
 * docs/decisions/0002.
 */
final class LeaseSearchTest {
  private static final Parts REAL = new Parts() {};

  /** What may happen next; delivered messages are named by their place in the bag. */
  private record Action(char kind, int a, int b) {}

  private record Start(long[] skew, List<Action> prefix) {}

  private record Found(boolean broken, int depth, int states) {}

  /** Server 1 leads both groups with the votes and leases of servers 1 and 2. */
  private static LeaseModel begin(Parts parts, long[] skew, List<Action> prefix) {
    LeaseModel model = new LeaseModel(parts, skew);
    model.campaign(0, 1);
    model.campaign(0, 2);
    while (!model.bag.isEmpty()) {
      LeaseModel.Message message = model.bag.removeFirst();
      if (message.to() != 2) {
        model.deliver(message);
      }
    }
    model.lease(0, 0);
    model.lease(0, 1);
    assertThat(model.nodes.get(0).leading).hasSize(2);
    prefix.forEach(action -> act(model, action));
    return model;
  }

  private static LeaseModel replay(Parts parts, Start start, List<Action> path) {
    LeaseModel model = begin(parts, start.skew, start.prefix);
    path.forEach(action -> act(model, action));
    return model;
  }

  private static void act(LeaseModel model, Action action) {
    switch (action.kind) {
      case 't' -> model.time += action.a * LeaseModel.UNIT;
      case 'c' -> model.campaign(action.a, action.b);
      case 'a' -> model.ask(action.a, action.b);
      case 'l' -> {
        model.lease(action.a, action.a);
        model.lease(action.a, action.b);
      }
      case 'x' -> model.crash(action.a);
      case 'r' -> model.release(action.a, action.b, 1);
      case 'd' -> model.deliver(model.bag.remove(action.a));
      case 'D' -> model.deliver(model.bag.get(action.a));
      default -> throw new AssertionError(action);
    }
  }

  private static long count(List<Action> path, char kind) {
    return path.stream().filter(a -> a.kind == kind).count();
  }

  private static List<Action> actions(LeaseModel model, List<Action> path) {
    List<Action> next = new ArrayList<>();
    for (int i = 0; i < model.bag.size(); i++) {
      next.add(new Action('d', i, 0));
      if (count(path, 'D') < 1) {
        next.add(new Action('D', i, 0));
      }
    }
    if (count(path, 't') < 1) {
      next.add(new Action('t', 8, 0));
      next.add(new Action('t', 13, 0));
    }
    for (int id = 0; id < LeaseModel.SIZE; id++) {
      if (count(path, 'x') < 1) {
        next.add(new Action('x', id, 0));
      }
      if (count(path, 'c') < 2) {
        next.add(new Action('c', id, 1));
      }
      for (int to = 0; to < LeaseModel.SIZE; to++) {
        if (id != to && count(path, 'l') < 3 && model.nodes.get(id).campaign.containsKey(1)) {
          next.add(new Action('l', id, to));
        }
      }
    }
    if (count(path, 'a') < 1) {
      next.add(new Action('a', 0, 1));
    }
    if (model.nodes.get(0).leading.containsKey(1) && count(path, 'r') < 1) {
      next.add(new Action('r', 0, 1));
    }
    return next;
  }

  private static Found search(Parts parts, Start start, int depthMax, int statesMax) {
    // Hashes of 64 bits in place of the states: a collision could only hide a state, never invent
    // one.
    Set<Long> seen = new HashSet<>();
    Deque<List<Action>> queue = new ArrayDeque<>();
    queue.add(List.of());
    while (!queue.isEmpty() && seen.size() < statesMax) {
      List<Action> path = queue.removeFirst();
      LeaseModel model = replay(parts, start, path);
      for (Action action : actions(model, path)) {
        List<Action> longer = new ArrayList<>(path);
        longer.add(action);
        LeaseModel after = replay(parts, start, longer);
        if (after.broken()) {
          return new Found(true, longer.size(), seen.size());
        }
        if (longer.size() < depthMax && seen.add(hash(after.state()))) {
          queue.add(longer);
        }
      }
    }
    return new Found(false, queue.isEmpty() ? depthMax : queue.getFirst().size(), seen.size());
  }

  private static long hash(String state) {
    long h = 1125899906842597L;
    for (int i = 0; i < state.length(); i++) {
      h = 31 * h + state.charAt(i);
    }
    return h;
  }

  private static List<long[]> corners() {
    return List.of(
        new long[] {0, 0, 0},
        new long[] {-1, 1, 1},
        new long[] {1, -1, -1},
        new long[] {-1, 1, -1});
  }

  private static void assertNeverBroken(List<long[]> skews, int depthMax, int statesMax) {
    for (long[] skew : skews) {
      Found found = search(REAL, new Start(skew, List.of()), depthMax, statesMax);
      assertThat(found.broken).isFalse();
    }
  }

  private static void assertFound(String rule, Parts broken, List<Action> prefix) {
    for (long[] skew : corners()) {
      Found found = search(broken, new Start(skew, prefix), 12, 25_000);
      if (found.broken) {
        return;
      }
    }
    throw new AssertionError("the search does not see that " + rule + " is off");
  }

  @Test
  void noTwoLeadersAtOneTrueTime() {
    assertNeverBroken(corners().subList(0, 2), 5, 25_000);
  }

  @Test
  @Tag("deep")
  void noTwoLeadersAtOneTrueTimeDeep() {
    assertNeverBroken(corners(), 12, 100_000);
  }

  @Test
  void aVoteWithinALeaseIsFound() {
    assertFound(
        "the single vote of C1",
        new Parts() {
          @Override
          public VoterState voter(Lessee self, Duration bound, TTInterval now) {
            return BrokenLeases.votingWithinLeases(self, LeaseModel.CONFIG, bound, now);
          }
        },
        List.of());
  }

  @Test
  void noRestartSilenceIsFound() {
    assertFound(
        "restart silence (G2)",
        new Parts() {
          @Override
          public VoterState voter(Lessee self, Duration bound, TTInterval now) {
            return BrokenLeases.withoutSilence(self, LeaseModel.CONFIG, bound, now);
          }
        },
        List.of());
  }

  @Test
  void votingForOneselfInSilenceIsFound() {
    assertFound(
        "silence of the own candidacy (G2)",
        new Parts() {
          @Override
          public VoterState voter(Lessee self, Duration bound, TTInterval now) {
            return BrokenLeases.withoutSelfSilence(self, LeaseModel.CONFIG, bound, now);
          }
        },
        List.of());
  }

  /** Begins where the lease has lapsed and server 3 campaigns (protocol H 1). */
  @Test
  void revocationsThatAreNotCountedAreFound() {
    assertFound(
        "the counter (G1)",
        new Parts() {
          @Override
          public VoterState voter(Lessee self, Duration bound, TTInterval now) {
            return BrokenLeases.withoutCounter(self, LeaseModel.CONFIG, bound, now);
          }
        },
        List.of(new Action('t', 13, 0), new Action('c', 2, 1)));
  }

  /**
   * Begins where a hand-over has failed and the old leader was elected again by servers 1 and 3.
   */
  @Test
  void aReleaseThatIsNotBoundToItsBallotIsFound() {
    List<Action> reelected =
        List.of(
            new Action('r', 0, 1), // bag: release to 2, release to 3
            new Action('d', 0, 0), // server 2 has it; a copy for server 3 is still on its way
            new Action('c', 0, 1), // bag: release to 3, prepare to 2, prepare to 3
            new Action('d', 2, 0), // server 3 promises
            new Action('d', 2, 0), // server 1 leads again
            new Action('l', 0, 2));
    assertFound(
        "the ballot in RELEASE (G7)",
        new Parts() {
          @Override
          public VoterState voter(Lessee self, Duration bound, TTInterval now) {
            return BrokenLeases.withUnboundRelease(self, LeaseModel.CONFIG, bound, now);
          }
        },
        reelected);
    assertThat(search(REAL, new Start(new long[] {0, 0, 0}, reelected), 5, 25_000).broken)
        .isFalse();
  }
}
