package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/**
 * Up to which timestamp a replica has everything (protocol C4, G20). A leader's promise "no entry
 * after index i has a timestamp up to T" counts here once entry i is applied, and only if the log
 * is still that leader's. Once it counts it stays true under all later leaders.
 */
final class ClosedTimes {
  /** More promises than this are not kept: the newest takes the place of the one before. */
  private static final int PENDING_MAX = 64;

  private record Promise(Ballot ballot, long index, Timestamp t) {}

  private final Deque<Promise> pending = new ArrayDeque<>();
  private final TreeMap<Timestamp, List<Runnable>> waiting = new TreeMap<>();
  private Timestamp closed = Timestamp.MIN;

  Timestamp closed() {
    return closed;
  }

  /** The leader of {@code ballot}, whose log is the one here, has promised. */
  void offer(Ballot ballot, long index, Timestamp t) {
    pending.removeIf(older -> !older.ballot.equals(ballot));
    Promise last = pending.peekLast();
    if (last != null && (index < last.index || !t.isAfter(last.t))) {
      return; // overtaken
    }
    if (last != null && (last.index == index || pending.size() >= PENDING_MAX)) {
      pending.removeLast();
    }
    pending.addLast(new Promise(ballot, index, t));
  }

  /** Entries up to {@code applied} are applied, and the log is that of {@code ballot}. */
  void advance(long applied, Ballot ballot) {
    while (!pending.isEmpty() && pending.getFirst().index <= applied) {
      Promise due = pending.removeFirst();
      if (due.ballot.equals(ballot)) {
        raise(due.t);
      }
    }
  }

  /** Everything up to {@code t} is surely here. Runs those who waited for it. */
  void raise(Timestamp t) {
    if (t.isAfter(closed)) {
      closed = t;
    }
    while (!waiting.isEmpty() && !waiting.firstKey().isAfter(closed)) {
      waiting.pollFirstEntry().getValue().forEach(Runnable::run);
    }
  }

  /** Runs {@code task} once {@code t} is reached; it is not yet. */
  void await(Timestamp t, Runnable task) {
    waiting.computeIfAbsent(t, at -> new ArrayList<>()).add(task);
  }

  boolean awaited() {
    return !waiting.isEmpty();
  }
}
